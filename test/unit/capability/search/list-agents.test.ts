import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AgentDirectory } from '../../../../lambdas/capability/agent-directory.ts';
import { listAgents, parseList } from '../../../../lambdas/capability/search/list-agents.ts';
import { aChange, aDigest } from '../../../support/agents.ts';
import { brokenRules } from '../../../support/errors.ts';
import { LARGEST_ANSWER, sentBytes } from './searches.ts';

const idOf = (n: number) => `agent-${String(n).padStart(3, '0')}`;

function directoryOf(count: number): AgentDirectory {
  const directory = new AgentDirectory();
  for (let n = 0; n < count; n += 1) directory.put(aDigest({ id: idOf(n), type: n % 3 === 0 ? 'core' : 'utility' }));
  return directory;
}

const listed = (directory: AgentDirectory, query: Record<string, string>) => listAgents(directory, parseList(query));

/** Ids of all pages from the first to the last. */
function walk(directory: AgentDirectory, query: Record<string, string>): string[] {
  const { agents, nextCursor } = listed(directory, query);
  const ids = agents.map(({ id }) => id);
  return nextCursor === undefined ? ids : [...ids, ...walk(directory, { ...query, cursor: nextCursor })];
}

describe('the list', () => {
  const directory = directoryOf(61);

  test('has 50 agents on a page, and tells how many there are and where to go on', () => {
    const page = listed(directory, {});

    expect(page.agents.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, n) => idOf(n)));
    expect(page).toMatchObject({ total: 61, nextCursor: expect.any(String) });
  });

  test('has no next page after the last, also where the last is full', () => {
    expect(listed(directory, { limit: '61' })).not.toHaveProperty('nextCursor');
    expect(listed(directory, { offset: '60' })).not.toHaveProperty('nextCursor');
    expect(listed(new AgentDirectory(), {})).toEqual({ agents: [], total: 0 });
  });

  test('skips an offset', () => {
    const { agents, total } = listed(directory, { offset: '10', limit: '2' });

    expect(agents.map(({ id }) => id)).toEqual([idOf(10), idOf(11)]);
    expect(total).toBe(61);
  });

  test('is empty beyond its end', () => {
    expect(listed(directory, { offset: '10000' })).toEqual({ agents: [], total: 61 });
  });

  test('is walked by cursors: each agent once, in order, whatever the size of the pages', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (count, limit, core) => {
          const some = directoryOf(count);
          const query = { limit: String(limit), ...(core && { type: 'core' }) };
          const expected = Array.from({ length: count }, (_, n) => n).filter((n) => !core || n % 3 === 0);

          expect(walk(some, query)).toEqual(expected.map(idOf));
        },
      ),
    );
  });

  test('is walked to its end also while agents go, the one at the cursor among them', () => {
    const some = directoryOf(6);
    const { nextCursor = '' } = listed(some, { limit: '3' });
    for (const n of [0, 2]) some.apply(aChange({ id: idOf(n), revision: 2 }, { type: 'AgentUnregistered' }));

    expect(walk(some, { limit: '3', cursor: nextCursor })).toEqual([3, 4, 5].map(idOf));
  });

  test('ends a page before it is too large to be sent, and goes on behind it', () => {
    const some = directoryOf(0);
    const description = '"'.repeat(4_000);
    for (let n = 0; n < 500; n += 1) some.put(aDigest({ id: idOf(n), description }));

    expect(sentBytes(listed(some, { limit: '500' }))).toBeLessThan(LARGEST_ANSWER);
    expect(walk(some, { limit: '500' })).toEqual(Array.from({ length: 500 }, (_, n) => idOf(n)));
  });

  test('does not take a cursor of other filters', () => {
    const { nextCursor = '' } = listed(directory, { limit: '3', type: 'utility' });

    expect(brokenRules(() => listed(directory, { limit: '3', cursor: nextCursor }))).toEqual(['cursor cursor']);
  });

  test.each([
    [{ limit: '0' }, 'limit range'],
    [{ limit: '501' }, 'limit range'],
    [{ limit: 'all' }, 'limit range'],
    [{ limit: '' }, 'limit range'],
    [{ offset: '-1' }, 'offset range'],
    [{ offset: '10001' }, 'offset range'],
    [{ offset: '0', cursor: 'x' }, 'cursor exclusive'],
    [{ cursor: 'x' }, 'cursor cursor'],
    [{ stauts: 'idle' }, 'stauts unknownParameter'],
    [{ priority: 'high' }, 'priority filter'],
  ])('refuses %j', (query, rule) => {
    expect(brokenRules(() => listed(directory, query as Record<string, string>))).toEqual([rule]);
  });
});
