import type { HeapProfiler, Profiler, Runtime } from 'node:inspector';

/** What a function cost itself, without those that it called. */
export interface SelfCost {
  readonly name: string;
  readonly place: string;
  /** Milliseconds, or bytes that still live. */
  readonly cost: number;
}

const placeOf = ({ url, lineNumber }: Runtime.CallFrame): string =>
  url === '' ? '' : `${url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')}:${lineNumber + 1}`;

/** Sums up by function; the costliest first. */
function summed(costs: Iterable<readonly [frame: Runtime.CallFrame, cost: number]>): SelfCost[] {
  const sums = new Map<string, SelfCost>();
  for (const [frame, cost] of costs) {
    const [name, place] = [frame.functionName || '(anonymous)', placeOf(frame)];
    const key = `${name} ${place}`;
    sums.set(key, { name, place, cost: (sums.get(key)?.cost ?? 0) + cost });
  }
  return [...sums.values()].sort((a, b) => b.cost - a.cost);
}

/** Who took the time of a `.cpuprofile`, in milliseconds. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): SelfCost[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  return summed(
    samples.flatMap((id, n) => {
      const frame = frames.get(id);
      return frame === undefined ? [] : [[frame, (timeDeltas[n] ?? 0) / 1_000] as const];
    }),
  );
}

function* heapNodes(node: HeapProfiler.SamplingHeapProfileNode): Generator<readonly [Runtime.CallFrame, number]> {
  yield [node.callFrame, node.selfSize];
  for (const child of node.children) yield* heapNodes(child);
}

/** Who made what still lives, by a `.heapprofile`, in bytes. What lies beside the heap is not in it. */
export const selfSizes = ({ head }: HeapProfiler.SamplingHeapProfile): SelfCost[] =>
  summed(heapNodes(head)).filter(({ cost }) => cost > 0);
