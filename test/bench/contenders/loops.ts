import type { Build } from './contender.ts';

type Ids = ReadonlySet<string>;

const NOBODY: Ids = new Set();

function isInAll(id: string, sets: readonly Ids[]): boolean {
  for (const set of sets) if (!set.has(id)) return false;
  return true;
}

function isInAny(id: string, sets: readonly Ids[]): boolean {
  for (const set of sets) if (set.has(id)) return true;
  return false;
}

function idsOfAll([smallest = NOBODY, ...others]: readonly Ids[]): string[] {
  const found: string[] = [];
  for (const id of smallest) if (isInAll(id, others)) found.push(id);
  return found;
}

function countOfAll([smallest = NOBODY, ...others]: readonly Ids[]): number {
  let count = 0;
  for (const id of smallest) if (isInAll(id, others)) count += 1;
  return count;
}

/** The largest first: its ids need not be looked up anywhere. */
function idsOfAny(smallestFirst: readonly Ids[]): string[] {
  const found: string[] = [];
  const seen: Ids[] = [];
  for (const set of smallestFirst.toReversed()) {
    for (const id of set) if (!isInAny(id, seen)) found.push(id);
    seen.push(set);
  }
  return found;
}

/** The quickest that one writes by hand over the maps and sets of the naive index, where any order of the answer will do. */
export const loops: Build = (agents) => {
  const sets = new Map<string, Set<string>>();
  for (const { id, capabilities } of agents) {
    for (const capability of capabilities) {
      const ids = sets.get(capability);
      if (ids) ids.add(id);
      else sets.set(capability, new Set([id]));
    }
  }
  const smallestFirst = (capabilities: readonly string[]): Ids[] =>
    capabilities.map((capability) => sets.get(capability) ?? NOBODY).sort((a, b) => a.size - b.size);
  const all = (capabilities: readonly string[]) => idsOfAll(smallestFirst(capabilities));
  const any = (capabilities: readonly string[]) => idsOfAny(smallestFirst(capabilities));
  const one = (capability: string) => [...(sets.get(capability) ?? NOBODY)];
  return {
    asks: {
      'and2-ids': all,
      'and3-ids': all,
      'or3-ids': any,
      'and-count': ({ capabilities }) => countOfAll(smallestFirst(capabilities)),
      'one-capability': one,
    },
    checks: {
      'and2-ids': (capabilities) => all(capabilities).sort(),
      'and3-ids': (capabilities) => all(capabilities).sort(),
      'or3-ids': (capabilities) => any(capabilities).sort(),
      'one-capability': (capability) => one(capability).sort(),
    },
  };
};
