import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AgentDirectory } from '../../../../lambdas/capability/agent-directory.ts';
import { parseSearch, questionKey } from '../../../../lambdas/capability/search/search-question.ts';
import type { SearchRequest } from '../../../../lambdas/capability/search/search-schema.ts';
import { encodeCursor, type Place } from '../../../../lambdas/shared/http/cursor.ts';
import { aChange, aDigest } from '../../../support/agents.ts';
import { rejectedRules } from '../../../support/errors.ts';
import {
  bodies,
  type Crowd,
  crowds,
  directoryOf,
  idsOf,
  isMeant,
  LARGEST_ANSWER,
  pagesOf,
  search,
  sentBytes,
  walked,
} from './searches.ts';

const directory = new AgentDirectory();
directory.put(aDigest({ id: 'b', capabilities: ['mail'], domains: ['office'], health: 'degraded', priority: 9 }));
directory.put(
  aDigest({ id: 'a', capabilities: ['mail', 'plan'], domains: [], actions: ['send'], description: 'Sends letters.' }),
);
const found = async (body: SearchRequest) => idsOf((await search(directory, body)).agents);

describe('a search', () => {
  test('finds agents as the list shows them, in the order of ids', async () => {
    const result = await search(directory, { capabilities: ['mail'] });

    expect(result).toEqual({ agents: [directory.get('a'), directory.get('b')], total: 2 });
    expect(result.agents).toMatchObject([{ status: 'available' }, { status: 'degraded' }]);
  });

  test('means all by default, and any where it says so', async () => {
    const body = { capabilities: ['plan'], domains: ['office'] };

    expect(await found(body)).toEqual([]);
    expect(await found({ ...body, mode: 'any' })).toEqual(['a', 'b']);
    expect(await found({ capabilities: ['plan'], actions: ['send'], mode: 'all' })).toEqual(['a']);
  });

  test('finds whom a plain filter lets pass, whatever it asks', async () => {
    await fc.assert(
      fc.asyncProperty(crowds, bodies, async (crowd, body) => {
        const some = directoryOf(crowd);
        const meant = some.all().filter((agent) => isMeant(agent, body));

        const { agents, total } = await search(some, body);
        expect(agents).toEqual(meant);
        expect(total).toBe(meant.length);
      }),
      { numRuns: 300 },
    );
  });

  test.each<[SearchRequest, string[]]>([
    [{ tools: ['*'] }, []],
    [{ q: 'letters' }, ['a']],
    [{ type: 'specialist' }, ['a', 'b']],
    [{ minPriority: 6 }, ['b']],
    [{ status: 'available' }, ['a']],
    [{ healthyOnly: true }, []],
  ])('may ask for nothing but %j', async (body, ids) => {
    expect(await found(body)).toEqual(ids);
  });

  test('narrows by text whom it finds, the best first', async () => {
    expect(await found({ q: 'letter' })).toEqual(['a']);
    expect(await found({ q: 'letter', capabilities: ['mail'] })).toEqual(['a']);
    expect(await found({ q: 'letter', minPriority: 9 })).toEqual([]);
    expect(await found({ q: 'letter', domains: ['office'], mode: 'any' })).toEqual([]);
  });

  test.each<[unknown, string[]]>([
    [{}, [' empty']],
    [{ capabilities: [], domains: [], actions: [], tools: [], mode: 'any' }, [' empty']],
    [{ limit: 5, sort: 'load', facets: ['type'], explain: true, healthyOnly: false }, [' empty']],
    [{ capabilities: 'mail' }, ['capabilities type']],
    [{ capabilities: [''] }, ['capabilities.0 minLength']],
    [{ capabilities: ['a'], mode: 'some' }, ['mode enum']],
    [{ tool: ['a'] }, ['tool unknownField']],
    [{ tools: ['x'.repeat(257)] }, ['tools.0 maxLength']],
    [{ q: '' }, ['q minLength', 'q pattern']],
    [{ q: ' \t' }, ['q pattern']],
    [{ q: 'x'.repeat(201) }, ['q maxLength']],
    [{ minPriority: 11 }, ['minPriority maximum']],
    [{ status: 'busy' }, ['status enum']],
    [{ type: 'core', limit: 501, sort: 'name' }, ['sort enum', 'limit maximum']],
    [{ type: 'core', sort: 'relevance' }, ['sort relevance']],
    [{ type: 'core', facets: ['names'] }, ['facets.0 enum']],
    [{ type: 'core', cursor: 'x' }, ['cursor cursor']],
    [undefined, [' type']],
  ])('cannot be %j', async (body, rules) => {
    expect(await rejectedRules(search(directory, body))).toEqual(rules);
  });
});

const ORDERS: Readonly<Record<string, (a: Crowd[number], b: Crowd[number]) => number>> = {
  id: () => 0,
  priority: (a, b) => b.digest.priority - a.digest.priority || a.load - b.load,
  load: (a, b) => a.load - b.load || b.digest.priority - a.digest.priority,
};

describe('an answer in pages', () => {
  test.each(Object.entries(ORDERS))('is walked by %s to its end, everybody once', async (sort, compare) => {
    await fc.assert(
      fc.asyncProperty(crowds, bodies, fc.integer({ min: 1, max: 8 }), async (crowd, asked, limit) => {
        const body = { ...asked, sort, limit } as SearchRequest;
        const some = directoryOf(crowd);
        const meant = some.all().filter((agent) => isMeant(agent, asked));
        const ordered = crowd
          .toSorted((a, b) => compare(a, b) || (a.digest.id < b.digest.id ? -1 : 1))
          .map(({ digest }) => digest.id);

        const pages = await pagesOf(some, body);
        expect(pages.flatMap(({ agents }) => idsOf(agents))).toEqual(ordered.filter((id) => idsOf(meant).includes(id)));
        expect(pages.map(({ total }) => total)).toEqual(pages.map(() => meant.length));
        expect(pages).toHaveLength(Math.max(1, Math.ceil(meant.length / limit)));
      }),
    );
  });

  test('is walked by relevance to its end, the best first and equals by id', async () => {
    await fc.assert(
      fc.asyncProperty(crowds, bodies, fc.integer({ min: 1, max: 8 }), async (crowd, asked, limit) => {
        const some = directoryOf(crowd);
        const body = { ...asked, q: 'days', explain: true };
        const whole = (await search(some, body)).agents;
        const scores = whole.map(({ explain }) => explain?.score ?? 0);

        expect(idsOf(await walked(some, { ...body, limit }))).toEqual(idsOf(whole));
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect(idsOf(whole).sort()).toEqual(
          idsOf(some.all().filter((agent) => agent.description !== undefined && isMeant(agent, asked))),
        );
      }),
    );
  });

  test.each(['id', 'priority', 'load', 'relevance'] as const)(
    'by %s has pages that can be sent, whatever agents are called and however much is to be told',
    async (sort) => {
      const actions = Array.from({ length: 12 }, (_, n) => '"'.repeat(118) + n);
      const digest = { actions, description: `weather ${'"'.repeat(240)}` };
      const some = directoryOf(
        Array.from({ length: 500 }, (_, n) => ({ digest: aDigest({ id: `x-${n}`, ...digest }), load: 0 })),
      );

      const pages = await pagesOf(some, { q: 'weather', actions, sort, explain: true });
      for (const page of pages) expect(sentBytes(page)).toBeLessThan(LARGEST_ANSWER);
      expect(new Set(pages.flatMap(({ agents }) => idsOf(agents))).size).toBe(500);
      expect(pages).toHaveLength(2);
    },
  );

  test('goes on where it was also when those at the cursor are gone or have changed', async () => {
    const body: SearchRequest = { type: 'core', sort: 'priority', limit: 2 };
    const some = directoryOf(
      [9, 8, 7, 6].map((priority, n) => ({ digest: aDigest({ id: `x${n}`, type: 'core', priority }), load: 0 })),
    );
    const { nextCursor: cursor = '' } = await search(some, body);
    some.apply(aChange({ id: 'x1', revision: 2 }, { type: 'AgentUnregistered' }));
    some.apply(aChange({ id: 'x0', revision: 2, type: 'core', priority: 1 }));

    expect(idsOf(await walked(some, { ...body, cursor }))).toEqual(['x2', 'x3', 'x0']);
  });

  test.each<[Partial<SearchRequest>, object]>([
    [{ sort: 'priority' }, { priority: 1e9, load: 0 }],
    [{ sort: 'priority' }, { priority: 1e17, load: 0 }],
    [{ sort: 'priority' }, { priority: 0, load: 0 }],
    [{ sort: 'priority' }, { priority: 1.5, load: 0 }],
    [{ sort: 'priority' }, { priority: '9', load: 0 }],
    [{ sort: 'priority' }, { load: 0 }],
    [{ sort: 'priority' }, { priority: 5 }],
    [{ sort: 'load' }, { priority: 5, load: -1 }],
    [{ sort: 'load' }, { priority: 5, load: null }],
    [{ sort: 'load' }, { priority: 5, load: '0' }],
    [{ sort: 'load' }, { load: 0 }],
    [{ q: 'sends' }, {}],
    [{ q: 'sends' }, { n: -1 }],
    [{ q: 'sends' }, { n: 0.5 }],
    [{ q: 'sends' }, { n: '0' }],
    [{ q: 'sends' }, { n: 0, id: 7 }],
    [{ sort: 'id' }, { id: null }],
  ])('takes, for %j, no cursor that somebody made of %j', async (asked, place) => {
    const body: SearchRequest = { capabilities: ['mail'], ...asked };
    const cursor = encodeCursor({ id: 'a', ...place } as Place, questionKey(parseSearch(body)));

    expect(await rejectedRules(search(directory, { ...body, cursor }))).toEqual(['cursor cursor']);
  });

  test.each<Partial<SearchRequest>>([
    { sort: 'priority' },
    { mode: 'any' },
    { capabilities: ['plan'] },
    { tools: ['x'] },
    { type: 'core' },
    { minPriority: 1 },
    { status: 'idle' },
    { healthyOnly: true },
    { q: 'sends', sort: 'id' },
  ])('has cursors that belong to its question, not to one with %j', async (other) => {
    const body: SearchRequest = { capabilities: ['mail'], limit: 1 };
    const { nextCursor: cursor = '' } = await search(directory, body);

    expect(await rejectedRules(search(directory, { ...body, ...other, cursor }))).toEqual(['cursor cursor']);
  });

  test('has cursors that know their question in other words, for other pages and with more to tell', async () => {
    const { nextCursor: cursor = '' } = await search(directory, { capabilities: ['mail'], limit: 1 });
    const again: SearchRequest = {
      capabilities: ['mail', 'mail'],
      domains: [],
      mode: 'all',
      healthyOnly: false,
      cursor,
    };

    expect(await found({ ...again, limit: 7, facets: ['type'], explain: true, sort: 'id' })).toEqual(['b']);
  });
});
