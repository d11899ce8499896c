import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AgentDirectory } from '../../../../lambdas/capability/agent-directory.ts';
import { aChange, aDigest } from '../../../support/agents.ts';
import { idsOf, search } from './searches.ts';

const idOf = (n: number) => `agent-${String(n).padStart(3, '0')}`;
const put = (directory: AgentDirectory, id: string, description: string): void => {
  directory.put(aDigest({ id, name: id, description, revision: (directory.revisionOf(id) ?? 0) + 1 }));
};
const remove = (directory: AgentDirectory, id: string): void => {
  const revision = (directory.revisionOf(id) ?? 0) + 1;
  directory.apply(aChange({ id, revision }, { type: 'AgentUnregistered' }));
};
const weatherOf = (n: number) => `weather ${'and more '.repeat(n % 7)}`;

/** Different words, as means are made of those. */
const wordsOf = (count: number) => Array.from({ length: count }, (_, n) => ` word${n}`).join('');

async function weatherAgents(count: number): Promise<AgentDirectory> {
  const directory = new AgentDirectory();
  for (let n = 0; n < count; n += 1) put(directory, idOf(n), weatherOf(n));
  await directory.text.load();
  return directory;
}

/** Everybody met on a walk, in the order of the pages, while something happens after each. */
async function met(directory: AgentDirectory, limit: number, happens: (page: number) => void): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 100; page += 1) {
    const result = await search(directory, { q: 'weather', limit, ...(cursor && { cursor }) });
    ids.push(...idsOf(result.agents));
    if (result.nextCursor === undefined) return ids;
    cursor = result.nextCursor;
    happens(page);
  }
  throw new Error('The walk has no end');
}

/** Scores to the last digit, by id. */
const scoresIn = ({ text }: AgentDirectory, q: string): (readonly [id: string, score: number])[] =>
  Array.from(text.find(q), ([id, { score }]) => [id, score] as const).sort();

describe('a walk by relevance', () => {
  const everybody = Array.from({ length: 60 }, (_, n) => idOf(n));

  test('meets everybody once after many have changed', async () => {
    const directory = await weatherAgents(60);
    for (let n = 59; n > 39; n -= 1) put(directory, idOf(n), `weather now ${weatherOf(n)}`);

    expect((await met(directory, 7, () => {})).sort()).toEqual(everybody);
  });

  test.each<[string, (directory: AgentDirectory, page: number) => void]>([
    ['comes', (directory, page) => put(directory, `z-${page}`, 'x')],
    ['comes with many words', (directory, page) => put(directory, `z-${page}`, 'many other words '.repeat(20))],
    ['goes', (directory, page) => remove(directory, `y-${page}`)],
  ])('meets everybody once while, after each page, somebody else %s', async (_, happens) => {
    const directory = await weatherAgents(60);
    for (let n = 0; n < 20; n += 1) put(directory, `y-${n}`, `y ${'long '.repeat(n)}`);

    expect((await met(directory, 5, (page) => happens(directory, page))).sort()).toEqual(everybody);
  });

  test('goes on where it was when the last one seen has gone', async () => {
    const directory = await weatherAgents(60);
    const seen = await met(await weatherAgents(60), 60, () => {});

    expect(await met(directory, 5, (page) => remove(directory, String(seen[page * 5 + 4])))).toEqual(seen);
  });

  test('is at its end when all have gone', async () => {
    const directory = await weatherAgents(60);
    const first = await met(directory, 50, () => {
      for (const id of everybody) remove(directory, id);
    });

    expect(first).toHaveLength(50);
  });
});

describe('how well a text fits', () => {
  const steps = fc.array(
    fc.record({ n: fc.nat({ max: 9 }), words: fc.integer({ min: 0, max: 30 }), leaves: fc.boolean() }),
    { maxLength: 40, size: 'max' },
  );

  test('is the same when it is asked again, whatever was there before', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (before, after) => {
        const directory = new AgentDirectory();
        const live = (history: typeof before) => {
          for (const { n, words, leaves } of history) {
            if (leaves) remove(directory, idOf(n));
            else if (words === 0) directory.put(aDigest({ id: idOf(n), name: 'weather', revision: 1_000 + n }));
            else put(directory, idOf(n), weatherOf(words) + wordsOf(words));
          }
        };
        live(before);
        await directory.text.load();
        live(after);
        const afresh = new AgentDirectory();
        for (const { status: _status, state: _state, ...digest } of directory.all().toReversed()) afresh.put(digest);

        await afresh.text.load();

        const scores = scoresIn(directory, 'weath more');
        expect(scoresIn(directory, 'weath more')).toEqual(scores);
        expect(scoresIn(afresh, 'weath more')).toEqual(scores);
        for (const [, score] of scoresIn(directory, 'weather')) expect(score).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  test('is more than nothing also where most who had the word are gone', async () => {
    const directory = await weatherAgents(60);
    for (let n = 1; n < 60; n += 1) remove(directory, idOf(n));

    const [[id, score] = [], ...others] = scoresIn(directory, 'weather');
    expect(id).toBe(idOf(0));
    expect(score).toBeGreaterThan(0);
    expect(others).toEqual([]);
  });
});
