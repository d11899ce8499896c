import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FACET_NAMES, type FacetName, MAX_VALUES } from '../../../../lambdas/capability/search/facets.ts';
import type { ListedAgent } from '../../../../lambdas/capability/search/listed-agent.ts';
import { aDigest } from '../../../support/agents.ts';
import { bodies, crowds, directoryOf, isMeant, search } from './searches.ts';

const valuesOf = (agent: ListedAgent, facet: FacetName): readonly unknown[] => [agent[facet] ?? []].flat();

/** By hand: how many agents have each value of a facet. */
function counted(agents: readonly ListedAgent[], facet: FacetName): ReadonlyMap<string, number> {
  const values = agents.flatMap((agent) => valuesOf(agent, facet)).map(String);
  return new Map(values.map((value) => [value, values.filter((other) => other === value).length]));
}

describe('facets', () => {
  test('count what all agents have that a search finds, not only those of the page', async () => {
    await fc.assert(
      fc.asyncProperty(crowds, bodies, async (crowd, body) => {
        const directory = directoryOf(crowd);
        const meant = directory.all().filter((agent) => isMeant(agent, body));

        const { facets = {} } = await search(directory, { ...body, limit: 1, facets: [...FACET_NAMES] });
        for (const facet of FACET_NAMES) {
          const told = facets[facet]?.map(({ value, count }) => [value, count] as const);
          expect(new Map(told)).toEqual(counted(meant, facet));
        }
      }),
    );
  });

  test('come by count, then by value, and the first hundred of them only', async () => {
    const many = Array.from({ length: MAX_VALUES + 20 }, (_, n) => `c${String(n).padStart(3, '0')}`);
    const directory = directoryOf(
      [many, ['c110'], ['c110', 'c007']].map((capabilities, n) => ({
        digest: aDigest({ id: `x${n}`, capabilities }),
        load: 0,
      })),
    );
    const { facets } = await search(directory, { minPriority: 1, facets: ['capabilities', 'type'] });

    expect(Object.keys(facets ?? {})).toEqual(['capabilities', 'type']);
    expect(facets?.type).toEqual([{ value: 'specialist', count: 3 }]);
    expect(facets?.capabilities).toHaveLength(MAX_VALUES);
    expect(facets?.capabilities?.slice(0, 4)).toEqual([
      { value: 'c110', count: 3 },
      { value: 'c007', count: 2 },
      { value: 'c000', count: 1 },
      { value: 'c001', count: 1 },
    ]);
  });

  test('are told only where they are asked for', async () => {
    expect(await search(directoryOf([]), { type: 'core', facets: [] })).toEqual({ agents: [], total: 0 });
  });
});
