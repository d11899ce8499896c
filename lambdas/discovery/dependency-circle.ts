/** Ids on a way that leads back to where it began: the first is the last. */
export type Circle = readonly string[];

/** Agents that are asked at most: a circle that is longer than this is nobody's plan, and each asking is a read. */
const MAX_ASKED = 200;

/**
 * The shortest way from an agent through what it depends on back to itself; `undefined`: there is none, or none
 * within the first {@link MAX_ASKED} agents. Breadth first.
 */
export async function findCircle(
  id: string,
  dependencies: readonly string[],
  dependenciesOf: (id: string) => Promise<readonly string[]>,
): Promise<Circle | undefined> {
  if (dependencies.includes(id)) return [id, id];
  const ways = new Map<string, Circle>(dependencies.map((first) => [first, [id, first]]));
  let asked = 0;
  // A Map goes on to what is added while it is walked.
  for (const [agent, way] of ways) {
    if (asked === MAX_ASKED) return undefined;
    asked += 1;
    for (const next of await dependenciesOf(agent)) {
      if (next === id) return [...way, id];
      if (!ways.has(next)) ways.set(next, [...way, next]);
    }
  }
  return undefined;
}
