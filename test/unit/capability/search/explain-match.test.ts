import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isTool } from '../../../../lambdas/capability/search/filter-expressions.ts';
import { aDigest } from '../../../support/agents.ts';
import { bodies, crowds, directoryOf, search } from './searches.ts';

const NOTHING = { capabilities: [], domains: [], actions: [], tools: [], filters: [], text: [] };

const explained = async (body: object) => {
  const digest = aDigest({
    capabilities: ['mail', 'plan'],
    domains: ['office'],
    actions: ['send'],
    tools: ['Bash', 'git-pull', 'git-push', '*'],
    description: 'Forecasts the weather, and tells of weathering',
    health: 'healthy',
  });
  const { agents } = await search(directoryOf([{ digest, load: 0 }]), { ...body, explain: true });
  return agents.map(({ explain }) => explain);
};

describe('an explanation', () => {
  test.each([
    [
      { capabilities: ['plan', 'fly'], mode: 'any' },
      { ...NOTHING, capabilities: ['plan'] },
    ],
    [{ capabilities: ['mail', 'plan'] }, { ...NOTHING, capabilities: ['mail', 'plan'] }],
    [
      { domains: ['office'], actions: ['send'] },
      { ...NOTHING, domains: ['office'], actions: ['send'] },
    ],
    [{ tools: ['git-*'] }, { ...NOTHING, tools: ['git-pull', 'git-push', '*'] }],
    [{ tools: ['Read'] }, { ...NOTHING, tools: ['*'] }],
    [{ type: 'specialist' }, { ...NOTHING, filters: ['type'] }],
    [
      { capabilities: ['mail'], healthyOnly: false, minPriority: 1 },
      { ...NOTHING, capabilities: ['mail'], filters: ['minPriority'] },
    ],
    [
      { type: 'specialist', minPriority: 2, status: 'idle', healthyOnly: true },
      { ...NOTHING, filters: ['type', 'minPriority', 'status', 'healthyOnly'] },
    ],
  ])('of %j tells what was asked for, and no more', async (body, explanation) => {
    expect(await explained(body)).toEqual([explanation]);
  });

  test('of a text tells the words that it met, and how well', async () => {
    expect(await explained({ q: 'wether' })).toEqual([{ ...NOTHING, text: ['weather'], score: expect.any(Number) }]);
    expect((await explained({ q: 'WEATHER' }))[0]?.text).toEqual(['weather', 'weathering']);
  });

  test('names nothing that the agent lacks or nobody asked for', async () => {
    await fc.assert(
      fc.asyncProperty(crowds, bodies, async (crowd, body) => {
        const { agents } = await search(directoryOf(crowd), { ...body, explain: true });
        for (const { explain, ...agent } of agents) {
          for (const list of ['capabilities', 'domains', 'actions'] as const) {
            const asked = new Set(body[list]);
            expect(explain?.[list]).toEqual(agent[list].filter((term) => asked.has(term)));
          }
          const named = (agent.tools ?? []).filter((tool) => (body.tools ?? []).some((asked) => isTool(tool, asked)));
          expect(explain).toMatchObject({ tools: named, text: [] });
        }
      }),
    );
  });

  test('is given only where it is asked for', async () => {
    const directory = directoryOf([{ digest: aDigest({ type: 'core' }), load: 0 }]);

    expect((await search(directory, { type: 'core', explain: false })).agents[0]).not.toHaveProperty('explain');
  });
});
