import { describe, expect, test } from '@jest/globals';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import type { Expression } from '../../../lambdas/capability/index/expression.ts';
import { aDigest } from '../../support/agents.ts';
import { NaiveIndex } from '../../support/naive-index.ts';

function indexOf(agents: Readonly<Record<string, Partial<AgentDigest>>>): NaiveIndex {
  const index = new NaiveIndex();
  for (const [id, parts] of Object.entries(agents)) index.set(aDigest({ id, ...parts }));
  return index;
}

const travel = () =>
  indexOf({
    weather: { capabilities: ['forecast'], domains: ['weather'], priority: 9 },
    travel: { capabilities: ['planning', 'booking'], domains: ['travel'], tools: ['Bash'], health: 'healthy' },
    mobility: {
      capabilities: ['booking', 'routing'],
      domains: ['travel'],
      tools: ['Bash', 'Read'],
      actions: ['drive'],
    },
    archive: { capabilities: ['booking'], domains: ['past'], operatorMode: 'disabled', tools: [] },
  });

const can = (text: string): Expression => ({ term: ['capability', text] });
const EVERYBODY: Expression = { all: [] };
const NOBODY: Expression = { any: [] };

const ranked = (index: NaiveIndex, span: Parameters<NaiveIndex['top']>[1], among: Expression = EVERYBODY): string[] =>
  index.top(among, span).map(({ id }) => id);

describe('the naive index', () => {
  test('finds by one term of each dimension, in the order of ids', () => {
    const index = travel();

    expect(index.findByCapability('booking')).toEqual(['archive', 'mobility', 'travel']);
    expect(index.findByDomain('travel')).toEqual(['mobility', 'travel']);
    expect(index.findByAction('drive')).toEqual(['mobility']);
    expect(index.findByCapability('juggling')).toEqual([]);
    expect(index.getCapabilities('travel')).toEqual(['planning', 'booking']);
  });

  test('finds those who have all, those who have any, and nobody where nothing is asked for', () => {
    const index = travel();

    expect(index.findByCapabilities(['booking', 'routing'])).toEqual(['mobility']);
    expect(index.search({ capabilities: ['booking'], domains: ['past'], mode: 'all' })).toEqual(['archive']);
    expect(index.search({ capabilities: ['forecast'], actions: ['drive'], mode: 'any' })).toEqual([
      'mobility',
      'weather',
    ]);
    expect(index.findByCapabilities([])).toEqual([]);
    expect(index.search({ mode: 'all' })).toEqual([]);
  });

  test.each<[string, Expression, readonly string[]]>([
    ['everybody has all of nothing', EVERYBODY, ['archive', 'mobility', 'travel', 'weather']],
    ['nobody has any of nothing', NOBODY, []],
    ['a term of any kind', { term: ['health', 'healthy'] }, ['travel']],
    ['a priority is its digits', { term: ['priority', '9'] }, ['weather']],
    ['absent tools are inherited, an empty list is not', { term: ['inheritsTools', 'yes'] }, ['weather']],
    ['ids count only where they are', { agents: ['weather', 'nobody', 'archive'] }, ['archive', 'weather']],
    ['expressions nest', { all: [can('booking'), { any: [can('routing'), can('planning')] }] }, ['mobility', 'travel']],
  ])('evaluates: %s', (_, expression, found) => {
    const index = travel();

    expect(index.ids(expression)).toEqual(found);
    expect(index.count(expression)).toBe(found.length);
  });

  test('gives a page of the ids, and how many there are', () => {
    const index = travel();

    expect(index.page(EVERYBODY, { limit: 2 })).toEqual({ ids: ['archive', 'mobility'], total: 4 });
    expect(index.page(EVERYBODY, { after: 'archive', offset: 1, limit: 2 })).toEqual({
      ids: ['travel', 'weather'],
      total: 4,
    });
    expect(index.page(EVERYBODY, { after: 'b', limit: 1 })).toEqual({ ids: ['mobility'], total: 4 });
  });

  test('ranks by priority, then by the lower load, then by id, or by load first, and goes on behind any rank', () => {
    const index = travel();
    index.setLoad('archive', 0.5);
    index.setLoad('weather', 0.1);
    index.setLoad('nobody', 1);

    expect(index.top(EVERYBODY, { order: 'priority', limit: 9 })).toEqual([
      { id: 'weather', priority: 9, load: Math.fround(0.1) },
      { id: 'mobility', priority: 5, load: 0 },
      { id: 'travel', priority: 5, load: 0 },
      { id: 'archive', priority: 5, load: 0.5 },
    ]);
    expect(ranked(index, { order: 'load', limit: 9 })).toEqual(['mobility', 'travel', 'weather', 'archive']);
    const after = { id: 'n', priority: 5, load: 0 };
    expect(ranked(index, { order: 'priority', limit: 1, after })).toEqual(['travel']);
    expect(ranked(index, { order: 'load', limit: 9, after })).toEqual(['travel', 'weather', 'archive']);
  });

  test('counts the terms of those that match, and lists terms by their beginning', () => {
    const index = travel();

    expect(index.facet(can('booking'), 'domain')).toEqual(
      new Map([
        ['travel', 2],
        ['past', 1],
      ]),
    );
    expect(index.facet(NOBODY, 'domain')).toEqual(new Map());
    expect(index.terms('capability', 'p')).toEqual(['planning']);
    expect(index.terms('tool')).toEqual(['Bash', 'Read']);
  });

  test('counts what there is', () => {
    expect(travel().getStats()).toEqual({
      totalAgents: 4,
      totalCapabilities: 4,
      totalActions: 2,
      totalDomains: 3,
      capabilityDistribution: { booking: 3, forecast: 1, planning: 1, routing: 1 },
      actionDistribution: { book: 3, drive: 1 },
    });
  });

  test('forgets what an agent was before it changed; its load stays until it goes', () => {
    const index = travel();
    index.setLoad('travel', 0.9);
    index.set(aDigest({ id: 'travel', revision: 2, capabilities: ['booking'], domains: [] }));

    expect(index.terms('capability')).toEqual(['booking', 'forecast', 'routing']);
    expect(index.revisionOf('travel')).toBe(2);
    expect(ranked(index, { order: 'priority', limit: 9 }, can('booking'))).toEqual(['archive', 'mobility', 'travel']);

    expect(index.delete('travel')).toBe(true);
    expect(index.delete('travel')).toBe(false);
    expect(index.get('travel')).toBeUndefined();
    expect(index.size).toBe(3);
    index.set(aDigest({ id: 'a', capabilities: ['booking'] }));
    index.set(aDigest({ id: 'travel', capabilities: ['booking'] }));
    index.setLoad('a', 0.1);
    expect(ranked(index, { order: 'priority', limit: 9 }, can('booking'))).toEqual([
      'archive',
      'mobility',
      'travel',
      'a',
    ]);
  });

  test('tells by its version that something changed', () => {
    const index = travel();
    const changes = [
      () => index.set(aDigest({ id: 'new' })),
      () => index.setLoad('new', 1),
      () => index.delete('new'),
      () => index.delete('new'),
      () => index.setLoad('new', 1),
    ];
    const grew = changes.map((change) => {
      const before = index.version;
      change();
      return index.version > before;
    });

    expect(grew).toEqual([true, true, true, false, false]);
  });
});
