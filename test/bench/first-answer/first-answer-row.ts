import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { sealBase } from '../../../lambdas/capability/base/base-store.ts';
import { CapabilityIndex } from '../../../lambdas/capability/index/capability-index.ts';
import { agents } from '../data.ts';
import { type Measured, median } from '../row.ts';
import { CAPABILITIES } from '../vocabulary.ts';
import { WrongAnswerError } from '../wrong-answer-error.ts';

const run = promisify(execFile);

const WAYS = { ours: 'from-base', naive: 'from-json' } as const;
type Way = keyof typeof WAYS;

/** The two that most agents have: there is more to answer than a page. */
const ASKED = CAPABILITIES.slice(0, 2);

/** Loading the code is timed apart: what it costs a function is `search-init`. Node's own start is in neither. */
const TIMED = `const began = performance.now();
const { firstAnswer } = require(process.argv[1]);
const loaded = performance.now();
const answer = firstAnswer(process.argv[2], ${JSON.stringify(ASKED)});
const end = performance.now();
console.log(JSON.stringify({ answer, code: loaded - began, data: end - loaded }));`;

interface Timed {
  readonly answer: string;
  /** Milliseconds of each part. */
  readonly code: number;
  readonly data: number;
}

/** Code and data of both ways in a directory: how each is called. */
async function prepare(directory: string, size: number): Promise<Record<Way, readonly string[]>> {
  await build({
    entryPoints: Object.values(WAYS).map((name) => fileURLToPath(new URL(`${name}.ts`, import.meta.url))),
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    // Names stay as they are, for profiles.
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
  });
  const digests = [...agents(size)];
  const index = new CapabilityIndex();
  for (const digest of digests) index.set(digest);
  const { bytes, hash } = sealBase({ asOf: 0, newest: 0, index });
  const data = { ours: join(directory, `base-${hash}`), naive: join(directory, 'agents.json') };
  await writeFile(data.ours, bytes);
  await writeFile(data.naive, JSON.stringify(digests));
  const call = (way: Way) => ['-e', TIMED, join(directory, `${WAYS[way]}.cjs`), data[way]];
  return { ours: call('ours'), naive: call('naive') };
}

async function timedOnce(call: readonly string[]): Promise<Timed> {
  const { stdout } = await run(process.execPath, call, { maxBuffer: 64 * 1024 ** 2 });
  return JSON.parse(stdout) as Timed;
}

/** Prepares both ways in a directory that is gone afterwards. */
async function withBoth<T>(size: number, work: (calls: Record<Way, readonly string[]>) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-registry-bench-'));
  try {
    return await work(await prepare(directory, size));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Milliseconds to the first answer of a fresh process: medians of interleaved runs, after one that is not counted. */
export const firstAnswerRow = (size: number, runs: number): Promise<Measured> =>
  withBoth(size, async (calls) => {
    const timed: Record<Way, Timed[]> = { ours: [], naive: [] };
    for (let n = 0; n <= runs; n += 1) {
      for (const way of n % 2 === 0 ? (['ours', 'naive'] as const) : (['naive', 'ours'] as const)) {
        timed[way].push(await timedOnce(calls[way]));
      }
    }
    const answers = new Set([...timed.ours, ...timed.naive].map(({ answer }) => answer));
    if (answers.size > 1) throw new WrongAnswerError(`First answers at ${size} agents differ`);
    const middle = (way: Way, part: 'code' | 'data') => median(timed[way].slice(1).map((each) => each[part]));
    const code = `loading the code took ours ${middle('ours', 'code').toFixed(1)} ms, the naive one ${middle('naive', 'code').toFixed(1)} ms`;
    return {
      operation: 'first-answer',
      size,
      unit: 'ms',
      ours: middle('ours', 'data'),
      naive: middle('naive', 'data'),
      others: {},
      note: `file read, one search, 50 agents as JSON; at ${size.toLocaleString('en')} ${code}`,
    };
  });

/** Writes where the time of ours goes, code and all. */
export const profileFirstAnswer = (size: number, path: string): Promise<void> =>
  withBoth(size, async ({ ours }) => {
    const options = ['--cpu-prof', '--cpu-prof-interval=100', `--cpu-prof-dir=${dirname(path)}`];
    await timedOnce([...options, `--cpu-prof-name=${basename(path)}`, ...ours]);
  });
