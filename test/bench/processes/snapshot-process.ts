/** Prints the size of a snapshot of so many agents, and the time to make and to read one. Argument: the size. */
import { zstdCompressSync } from 'node:zlib';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { decodeBase, encodeBase } from '../../../lambdas/capability/base/base-codec.ts';
import { CapabilityIndex } from '../../../lambdas/capability/index/capability-index.ts';
import { NaiveIndex } from '../../support/naive-index.ts';
import { agents } from '../data.ts';
import { median } from '../row.ts';

/** What a way to keep all agents takes. */
export interface SnapshotFigures {
  readonly bytes: number;
  /** Milliseconds to make it. */
  readonly encode: number;
  /** Milliseconds until an index can be asked. */
  readonly decode: number;
}

const RUNS = 3;

/** Median of a few runs in milliseconds, and what the last one gave. */
function timed<Result>(work: () => Result): { milliseconds: number; result: Result } {
  const times: number[] = [];
  let result: Result;
  do {
    const start = performance.now();
    result = work();
    times.push(performance.now() - start);
  } while (times.length < RUNS);
  return { milliseconds: median(times), result };
}

function naive(digests: readonly AgentDigest[]): SnapshotFigures {
  const { milliseconds: encode, result: text } = timed(() => Buffer.from(JSON.stringify(digests)));
  const { milliseconds: decode } = timed(() => {
    const index = new NaiveIndex();
    for (const digest of JSON.parse(text.toString()) as AgentDigest[]) index.set(digest);
    return index;
  });
  return { bytes: text.length, encode, decode };
}

function ours(digests: readonly AgentDigest[]): SnapshotFigures {
  const index = new CapabilityIndex();
  for (const digest of digests) index.set(digest);
  const { milliseconds: encode, result: bytes } = timed(() => encodeBase({ asOf: 0, newest: 0, index }));
  const { milliseconds: decode } = timed(() => decodeBase(bytes).index.count({ all: [] }));
  return { bytes: bytes.length, encode, decode };
}

const digests = [...agents(Number(process.argv[2]))];
const zstd = zstdCompressSync(JSON.stringify(digests)).length;
console.log(JSON.stringify({ ours: ours(digests), naive: naive(digests), zstd }));
