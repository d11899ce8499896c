import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AgentDigest } from '../../../../lambdas/agents/digest-schema.ts';
import { AgentDirectory } from '../../../../lambdas/capability/agent-directory.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import { BUILD_MS, MAX_TEXT_AGENTS, TextSearch } from '../../../../lambdas/capability/search/text-search.ts';
import { aChange, aDigest, clockAt } from '../../../support/agents.ts';
import { rejectedRules, rejectionOf } from '../../../support/errors.ts';

/** A text search over agents of these descriptions, by their ids. */
async function searchOver(descriptions: Readonly<Record<string, string>>): Promise<TextSearch> {
  const index = new CapabilityIndex();
  for (const [id, description] of Object.entries(descriptions)) index.set(aDigest({ id, name: id, description }));
  const search = new TextSearch(index);
  await search.load();
  return search;
}

const found = ({ text }: { text: TextSearch }, words: string) => [...text.find(words).keys()].sort();

describe('a text', () => {
  const descriptions = {
    meteo: 'Tells the weather of tomorrow, for Zürich and München, and the price of Öl',
    planner: 'Plans meetings; e-mails whoever comes',
    'weather-desk': 'Answers calls',
    日程: '负责日历管理和会议安排',
    coder: 'Writes C#, and F#; closes issue#12 (#13)',
    engineer: 'Writes C++ and C',
  };

  test.each([
    ['weather', ['meteo', 'weather-desk']],
    ['WEATHER', ['meteo', 'weather-desk']],
    ['weath', ['meteo', 'weather-desk']],
    ['wether', ['meteo', 'weather-desk']],
    ['weather tomorrow', ['meteo']],
    ['tomorrow meetings', []],
    ['zurich', ['meteo']],
    ['OL', ['meteo']],
    ['ＭÜＮＣＨＥＮ', ['meteo']],
    ['e-mail', ['planner']],
    ['desk', ['weather-desk']],
    ['会议', ['日程']],
    ['t', []],
    ['lather', []],
    ['...', []],
    ['C#', ['coder']],
    ['f#', ['coder']],
    ['c++', ['engineer']],
    ['C', ['engineer']],
    ['issue 12', ['coder']],
    ['#13', ['coder']],
    ['# calls ##', ['weather-desk']],
  ])('%s finds %j', async (words, ids) => {
    expect(found({ text: await searchOver(descriptions) }, words)).toEqual(ids);
  });

  test('weighs more whole than in part, and right than mistaken', async () => {
    const text = await searchOver({ a: 'weather', b: 'weatherman', c: 'wheather' });

    expect([...text.find('weather').keys()]).toEqual(['a', 'b', 'c']);
  });

  test('weighs more in a name than in a description, also where many are called so', async () => {
    const text = await searchOver({ 'weather-one': 'x', 'weather-two': 'x', c: 'weather y' });

    expect([...text.find('weather').keys()].at(-1)).toBe('c');
  });

  test('tells which words it met', async () => {
    const text = await searchOver({ a: 'plans planes and trains' });

    const { terms = [], score } = text.find('plan trains').get('a') ?? {};
    expect([...terms].sort()).toEqual(['planes', 'plans', 'trains']);
    expect(score).toBeGreaterThan(0);
  });
});

const names = fc.constantFrom('alpha', 'beta', 'gamma');
const happenings = fc.array(
  fc.record({ n: fc.integer({ min: 0, max: 4 }), name: names, description: names, leaves: fc.boolean() }),
  { maxLength: 20 },
);

/** What happens to a directory, each agent's revisions going up by one. */
function live(directory: AgentDirectory, history: readonly { n: number; name: string; leaves: boolean }[]): void {
  for (const { n, leaves, ...words } of history) {
    const id = `agent-${n}`;
    const digest: Partial<AgentDigest> = { id, revision: (directory.revisionOf(id) ?? 0) + 1, ...words };
    directory.apply(aChange(digest, { type: leaves ? 'AgentUnregistered' : 'AgentUpdated' }));
  }
}

describe('a directory that is searched by text', () => {
  test('finds who came, changed and did not go, whenever the first text was asked', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, happenings, names, async (before, after, word) => {
        const directory = new AgentDirectory();
        live(directory, before);
        await directory.text.load();
        live(directory, after);
        const having = directory.all().filter(({ name, description }) => [name, description].includes(word));

        expect(found(directory, word)).toEqual(having.map(({ id }) => id));
      }),
      { numRuns: 200 },
    );
  });

  test('finds everybody also where a second text is asked while the first one begins', async () => {
    // The library is here by now, so that beginning takes a few turns of the loop: the second comes at each of them.
    await import('minisearch');
    for (let turns = 0; turns < 20; turns += 1) {
      const directory = new AgentDirectory();
      directory.put(aDigest({ id: 'a', description: 'weather' }));
      const first = directory.text.load();
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      await Promise.all([first, directory.text.load()]);

      expect(found(directory, 'weather')).toEqual(['a']);
    }
  });

  test('leaves its words alone when something else changes', async () => {
    const directory = new AgentDirectory();
    directory.put(aDigest({ id: 'a', description: 'weather' }));
    directory.put(aDigest({ id: 'b', description: 'weather' }));
    await directory.text.load();
    const [before] = directory.text.find('weather').values();
    directory.put(aDigest({ id: 'a', description: 'weather', revision: 2, health: 'degraded' }));

    expect([...directory.text.find('weather')]).toEqual([
      ['a', before],
      ['b', before],
    ]);
  });
});

describe('very many agents', () => {
  test('are read by several requests, each as long as one may take, while others come and go', async () => {
    const index = new CapabilityIndex();
    for (let n = 0; n < 1_200; n += 1) index.set(aDigest({ id: `a-${n}` }));
    const clock = clockAt();
    const slow = {
      now: () => {
        clock.advance(BUILD_MS);
        return clock.now();
      },
    };
    const search = new TextSearch(index, slow);

    expect(await rejectionOf(search.load())).toMatchObject({ status: 503, retryAfter: 1 });
    // Of these the first was read already, and the second not.
    for (const id of ['a-999', 'a-0']) {
      index.delete(id);
      search.delete(id);
    }
    for (const id of ['a-998', 'a-1', 'b']) {
      const changed = aDigest({ id, name: 'changed' });
      index.set(changed);
      search.put(changed);
    }
    expect(await rejectionOf(search.load())).toMatchObject({ status: 503 });
    await search.load();

    expect(search.find('calendar').size).toBe(1_200 - 2 - 2);
    expect([...search.find('changed').keys()].sort()).toEqual(['a-1', 'a-998', 'b']);
  });

  test('are too many beyond what memory holds', async () => {
    const many = { size: MAX_TEXT_AGENTS + 1, ids: () => [], get: () => undefined };

    expect(await rejectedRules(new TextSearch(many).load())).toEqual(['q textLimit']);
    await new TextSearch({ ...many, size: MAX_TEXT_AGENTS }).load();
  });
});
