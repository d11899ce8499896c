import { describe, expect, test } from '@jest/globals';
import type { AgentDigest } from '../../../../lambdas/agents/digest-schema.ts';
import { CapabilityIndex, type SearchQuery } from '../../../../lambdas/capability/index/capability-index.ts';
import { aDigest } from '../../../support/agents.ts';

function indexOf(agents: Readonly<Record<string, Partial<AgentDigest>>>): CapabilityIndex {
  const index = new CapabilityIndex();
  for (const [id, parts] of Object.entries(agents)) {
    index.set(aDigest({ id, capabilities: [], domains: [], actions: [], ...parts }));
  }
  return index;
}

const TRAVEL = indexOf({
  'weather-agent': { capabilities: ['forecast'], domains: ['weather'] },
  'travel-integrator': { capabilities: ['travel-planning', 'itinerary'], domains: ['travel'] },
  'mobility-agent': { capabilities: ['booking', 'routing'], domains: ['transport'], actions: ['book-flight'] },
  'calendar-agent': { capabilities: ['scheduling', 'analysis'], domains: ['calendar'], actions: ['schedule-meeting'] },
  'email-agent': { capabilities: ['email', 'scheduling'], domains: ['communication'] },
});

describe('the capability index', () => {
  test("answers the specification's travel query", () => {
    const query: SearchQuery = { capabilities: ['travel-planning', 'booking'], domains: ['weather'], mode: 'any' };

    expect(TRAVEL.search(query)).toEqual(['mobility-agent', 'travel-integrator', 'weather-agent']);
    expect(TRAVEL.search({ ...query, mode: 'all' })).toEqual([]);
  });

  test('finds by one term of each dimension', () => {
    expect(TRAVEL.findByCapability('scheduling')).toEqual(['calendar-agent', 'email-agent']);
    expect(TRAVEL.findByDomain('weather')).toEqual(['weather-agent']);
    expect(TRAVEL.findByAction('schedule-meeting')).toEqual(['calendar-agent']);
  });

  test('finds those who have all capabilities, and nobody where none is asked for', () => {
    expect(TRAVEL.findByCapabilities(['scheduling', 'email'])).toEqual(['email-agent']);
    expect(TRAVEL.findByCapabilities([])).toEqual([]);
  });

  test('finds nobody for what nobody has', () => {
    expect(TRAVEL.findByCapability('weather')).toEqual([]);
    expect(TRAVEL.search({ capabilities: ['scheduling', 'juggling'], mode: 'all' })).toEqual([]);
  });

  test('tells what an agent can do', () => {
    expect(TRAVEL.getCapabilities('calendar-agent')).toEqual(['scheduling', 'analysis']);
    expect(TRAVEL.getCapabilities('nobody')).toEqual([]);
  });

  test('keeps what an agent is found by, and not how it is watched', () => {
    const index = new CapabilityIndex();
    index.set(aDigest({ id: 'a', tools: ['Read'], monitoring: { functionalityTest: ['toolAccess'] } }));

    expect(index.get('a')).toEqual(aDigest({ id: 'a', tools: ['Read'] }));
  });

  test('keeps words of the language apart from its own', () => {
    const index = indexOf({ constructor: { capabilities: ['toString', '__proto__'] } });

    expect(index.findByCapability('toString')).toEqual(['constructor']);
    expect(index.findByCapability('hasOwnProperty')).toEqual([]);
    expect(Object.entries(index.getStats().capabilityDistribution)).toEqual([
      ['toString', 1],
      ['__proto__', 1],
    ]);
  });

  test('counts what there is', () => {
    expect(TRAVEL.getStats()).toEqual({
      totalAgents: 5,
      totalCapabilities: 8,
      totalActions: 2,
      totalDomains: 5,
      capabilityDistribution: expect.objectContaining({ scheduling: 2, email: 1, booking: 1 }),
      actionDistribution: { 'book-flight': 1, 'schedule-meeting': 1 },
    });
  });

  test('counts a term once that an agent lists twice', () => {
    const index = indexOf({ a: { capabilities: ['x', 'x'] } });
    expect(index.count({ term: ['capability', 'x'] })).toBe(1);
    index.set(aDigest({ id: 'a', capabilities: [] }));

    expect(index.count({ term: ['capability', 'x'] })).toBe(0);
    expect(index.getCapabilities('a')).toEqual([]);
  });

  test('gives the same answer until it changes, and then a new one', () => {
    const index = indexOf({ a: { capabilities: ['x'] }, b: { capabilities: ['y'] } });
    const before = index.findByCapability('x');
    index.set(aDigest({ id: 'b', capabilities: ['y', 'z'] }));
    expect(index.findByCapability('x')).toBe(before);
    index.set(aDigest({ id: 'b', capabilities: ['x'] }));

    expect(index.findByCapability('x')).toEqual(['a', 'b']);
    expect(before).toEqual(['a']);
  });

  test('forgets its answers before they take more room than the agents', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `agent-${n}`);
    const capabilities = Array.from({ length: 16 }, (_, n) => `can-${n}`);
    const index = indexOf(Object.fromEntries(ids.map((id) => [id, { capabilities }])));
    const [first] = capabilities.map((capability) => index.findByCapability(capability));

    expect(index.findByCapability('can-15')).toHaveLength(20_000);
    expect(index.findByCapability('can-0')).not.toBe(first);
    expect(index.findByCapability('can-0')).toEqual(first);
  });

  test('grows its version with every change, and with nothing else', () => {
    const index = indexOf({ a: {} });
    const versions = [
      () => index.findByCapability('x'),
      () => index.set(aDigest({ id: 'b' })),
      () => index.setLoad('b', 0.5),
      () => index.setLoad('nobody', 0.5),
      () => index.delete('nobody'),
      () => index.delete('b'),
    ].map((act) => {
      act();
      return index.version;
    });

    expect(versions).toEqual([1, 2, 3, 3, 3, 4]);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('takes no load of %d', (load) => {
    expect(() => TRAVEL.setLoad('email-agent', load)).toThrow(RangeError);
  });
});
