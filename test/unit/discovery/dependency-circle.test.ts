import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findCircle } from '../../../lambdas/discovery/dependency-circle.ts';

type Graph = Readonly<Record<string, readonly string[]>>;

const find = (graph: Graph, id: string) => findCircle(id, graph[id] ?? [], async (agent) => graph[agent] ?? []);

/** Whether a way leads from an agent back to itself, looked for depth first. */
function leadsBack(graph: Graph, id: string): boolean {
  const seen = new Set<string>();
  const visit = (agent: string): boolean =>
    (graph[agent] ?? []).some((next) => {
      if (next === id) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return visit(next);
    });
  return visit(id);
}

/** Length of the shortest way back, by trying ever longer ones. */
function shortestBack(graph: Graph, id: string): number {
  let reached = new Set([id]);
  for (let length = 1; ; length += 1) {
    reached = new Set([...reached].flatMap((agent) => graph[agent] ?? []));
    if (reached.has(id)) return length;
  }
}

const node = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const graphs = fc.dictionary(node, fc.uniqueArray(node, { maxLength: 3 }), { noNullPrototype: true });

describe('a circle of dependencies', () => {
  test('is found where there is one, and nowhere else; it is a way, and none is shorter', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(graphs, node, async (graph, id) => {
        const circle = await find(graph, id);
        expect(circle !== undefined).toBe(leadsBack(graph, id));
        if (circle === undefined) return;
        found += 1;
        expect([circle[0], circle.at(-1)]).toEqual([id, id]);
        for (const [n, agent] of circle.slice(0, -1).entries()) expect(graph[agent]).toContain(circle[n + 1]);
        expect(circle).toHaveLength(shortestBack(graph, id) + 1);
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(50);
  });

  test('may be an agent that depends on itself', async () => {
    expect(await find({ a: ['b', 'a'] }, 'a')).toEqual(['a', 'a']);
  });

  test('of others, which leads not through the agent, is none of its own', async () => {
    expect(await find({ a: ['b'], b: ['c'], c: ['b'] }, 'a')).toBeUndefined();
  });

  test('is looked for among two hundred agents at most, each of them asked once', async () => {
    const asked: string[] = [];
    const circle = await findCircle('start', ['n0'], async (agent) => {
      asked.push(agent);
      return [`n${Number(agent.slice(1)) + 1}`, agent];
    });

    expect(circle).toBeUndefined();
    expect(asked).toHaveLength(200);
    expect(new Set(asked).size).toBe(200);
  });

  test('of two hundred agents is still found', async () => {
    const next = (n: number) => (n === 199 ? 'start' : `n${n + 1}`);
    const circle = await findCircle('start', ['n0'], async (agent) => [next(Number(agent.slice(1)))]);

    expect(circle).toHaveLength(202);
  });

  test('is not looked for when an agent cannot be asked', async () => {
    const asking = findCircle('a', ['b'], async () => {
      throw new Error('busy');
    });

    await expect(asking).rejects.toThrow('busy');
  });
});
