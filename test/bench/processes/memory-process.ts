/**
 * Prints the bytes that an index takes for each agent. Needs `--expose-gc`. Arguments: `ours` or `naive`, the size, and
 * where to write a profile of the heap, if one is wanted.
 */
import { setImmediate } from 'node:timers/promises';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { CapabilityIndex } from '../../../lambdas/capability/index/capability-index.ts';
import { NaiveIndex } from '../../support/naive-index.ts';
import { agents } from '../data.ts';
import { startHeapProfiler } from './profiler.ts';

/** Heap, and what lies beside it: typed arrays, and memories of WebAssembly, the rooms that they have not used included. */
async function bytesInUse(): Promise<number> {
  // Memories of WebAssembly, and what only they hold, go some turns after the collection that finds them unused.
  for (let turn = 0; turn < 4; turn += 1) {
    await setImmediate();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Texts of terms, once each: an index of sets would take twice as much if each agent came with its own. */
const texts = new Map<string, string>();

function shared(list: readonly string[]): string[] {
  return list.map((text) => {
    const known = texts.get(text) ?? text;
    texts.set(text, known);
    return known;
  });
}

/** An agent as a parser gives it, in no more memory than it needs. */
function parsed(digest: AgentDigest): AgentDigest {
  const whole = JSON.parse(JSON.stringify(digest)) as AgentDigest;
  const { capabilities, domains, actions, tools } = whole;
  return Object.assign(whole, {
    capabilities: shared(capabilities),
    domains: shared(domains),
    actions: shared(actions),
    ...(tools && { tools: shared(tools) }),
  });
}

type Index = CapabilityIndex | NaiveIndex;

/** As many as {@link agents} gives, and used as a warm function uses it: what is built on first use is there. */
function filled(index: Index, size: number): Index {
  const some: string[] = [];
  for (const digest of agents(size)) {
    index.set(parsed(digest));
    if (some.length < 1_000) some.push(digest.id);
  }
  for (const id of some) index.get(id);
  index.ids({ all: [] });
  return index;
}

const [name, size, path] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const create = (): Index => (name === 'ours' ? new CapabilityIndex() : new NaiveIndex());
// Code that runs for the first time takes memory too. A turn later nothing of that index is held any more.
filled(create(), 5_000);
const before = await bytesInUse();
const profiler = path === undefined ? undefined : await startHeapProfiler();
const index = filled(create(), size);
const after = await bytesInUse();
if (path !== undefined) await profiler?.write(path);
console.log((after - before) / index.size);
