import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CapabilityIndex, type Searchable, type SearchQuery } from '../../../lambdas/capability/capability-index.ts';

const aSearchable = (parts: Partial<Searchable> = {}): Searchable => ({
  capabilities: [],
  domains: [],
  actions: [],
  ...parts,
});

function indexOf(agents: Readonly<Record<string, Partial<Searchable>>>): CapabilityIndex {
  const index = new CapabilityIndex();
  for (const [id, parts] of Object.entries(agents)) index.set(id, aSearchable(parts));
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

  test('hands out copies: who changes an answer changes nothing here', () => {
    TRAVEL.getCapabilities('email-agent').push('juggling');
    TRAVEL.findByCapability('email').push('nobody');

    expect(TRAVEL.getCapabilities('email-agent')).toEqual(['email', 'scheduling']);
    expect(TRAVEL.findByCapability('email')).toEqual(['email-agent']);
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
});

const term = fc.constantFrom('a', 'b', 'c', 'd');
const terms = fc.array(term, { maxLength: 3 });
const searchables = fc.record({ capabilities: terms, domains: terms, actions: terms });
const histories = fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z', 'w'), fc.option(searchables)), { maxLength: 20 });
const queries = fc.record({
  capabilities: fc.option(terms, { nil: undefined }),
  domains: fc.option(terms, { nil: undefined }),
  actions: fc.option(terms, { nil: undefined }),
  mode: fc.constantFrom('all' as const, 'any' as const),
});

/** What a search finds, agent by agent. */
function filtered(agents: ReadonlyMap<string, Searchable>, query: SearchQuery): string[] {
  const { capabilities = [], domains = [], actions = [], mode } = query;
  const has = (agent: Searchable) => [
    ...capabilities.map((wanted) => agent.capabilities.includes(wanted)),
    ...domains.map((wanted) => agent.domains.includes(wanted)),
    ...actions.map((wanted) => agent.actions.includes(wanted)),
  ];
  const passes = (answers: boolean[]) =>
    answers.length > 0 && (mode === 'all' ? answers.every(Boolean) : answers.some(Boolean));
  return [...agents]
    .filter(([, agent]) => passes(has(agent)))
    .map(([id]) => id)
    .sort();
}

describe('after any history of agents that came, changed and went, the capability index', () => {
  /** Plays a history on an index and on a plain map; `null` takes an agent out. */
  function play(history: readonly (readonly [string, Searchable | null])[]) {
    const index = new CapabilityIndex();
    const agents = new Map<string, Searchable>();
    for (const [id, searchable] of history) {
      if (searchable === null) index.delete(id);
      else index.set(id, searchable);
      if (searchable === null) agents.delete(id);
      else agents.set(id, searchable);
    }
    return { index, agents };
  }

  test('finds what a walk over all agents finds', () => {
    fc.assert(
      fc.property(histories, fc.array(queries, { maxLength: 6 }), (history, asked) => {
        const { index, agents } = play(history);

        expect(asked.map((query) => index.search(query))).toEqual(asked.map((query) => filtered(agents, query)));
      }),
      { numRuns: 300 },
    );
  });

  test('counts what a walk over all agents counts, and keeps no term that nobody has', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { index, agents } = play(history);
        const all = (pick: (agent: Searchable) => readonly string[]) =>
          [...agents.values()].flatMap((agent) => [...new Set(pick(agent))]);
        const counted = (words: readonly string[]) =>
          Object.fromEntries([...new Set(words)].map((word) => [word, words.filter((other) => other === word).length]));
        const [capabilities, domains, actions] = [
          all((agent) => agent.capabilities),
          all((agent) => agent.domains),
          all((agent) => agent.actions),
        ];

        expect(index.getStats()).toEqual({
          totalAgents: agents.size,
          totalCapabilities: new Set(capabilities).size,
          totalDomains: new Set(domains).size,
          totalActions: new Set(actions).size,
          capabilityDistribution: counted(capabilities),
          actionDistribution: counted(actions),
        });
      }),
    );
  });
});
