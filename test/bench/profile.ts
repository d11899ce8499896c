import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import type { HeapProfiler, Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Output } from '../../bin/cli/output.ts';
import { profileFirstAnswer } from './first-answer/first-answer-row.ts';
import { alone } from './processes/alone.ts';
import { Contestant } from './processes/contestant.ts';
import { QUESTIONS, type TimedOperation } from './questions.ts';
import { type SelfCost, selfSizes, selfTimes } from './self-costs.ts';

/** Functions that are shown. */
const SHOWN = 12;

/** Milliseconds for which an operation is profiled. */
const TIME = 3_000;

async function profileTimed(operation: TimedOperation, size: number, path: string): Promise<void> {
  const ours = await Contestant.start('ours', size);
  await ours?.profile(operation, path, TIME);
  await ours?.stop();
}

/** How an operation is profiled: what the profile is called, and how it is read. */
interface Kind {
  readonly extension: string;
  readonly head: string;
  readonly write: (size: number, path: string) => Promise<unknown>;
  readonly read: (profile: string) => SelfCost[];
}

const times: Pick<Kind, 'extension' | 'head' | 'read'> = {
  extension: 'cpuprofile',
  head: 'self ms',
  read: (profile) => selfTimes(JSON.parse(profile) as Profiler.Profile),
};

const KINDS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(
    (Object.keys(QUESTIONS) as TimedOperation[]).map((operation) => [
      operation,
      { ...times, write: (size, path) => profileTimed(operation, size, path) } satisfies Kind,
    ]),
  ),
  'first-answer': { ...times, write: profileFirstAnswer },
  'memory-per-agent': {
    extension: 'heapprofile',
    head: 'live KB',
    write: (size, path) => alone('memory-process.ts', ['ours', size, path]),
    read: (profile) => selfSizes(JSON.parse(profile) as HeapProfiler.SamplingHeapProfile),
  },
};

/** What can be profiled. */
export const PROFILED: readonly string[] = Object.keys(KINDS);

/**
 * Profiles one operation of ours, and says which functions cost most.
 *
 * @param operation one of {@link PROFILED}
 * @param directory where the profile is kept. @default - a temporary one
 */
export async function profile(
  output: Output,
  { operation, size, directory }: { operation: string; size: number; directory: string | undefined },
): Promise<void> {
  const { extension, head, write, read } = KINDS[operation] as Kind;
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'agent-registry-profile-')));
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${operation}-${size}.${extension}`);
  await write(size, path);
  const costs = read(await readFile(path, 'utf8'));
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  const unit = head.endsWith('KB') ? 1_000 : 1;
  output.table(
    [head, 'share', 'function', 'where'],
    costs
      .slice(0, SHOWN)
      .map(({ name, place, cost }) => [
        (cost / unit).toFixed(1),
        `${((100 * cost) / total).toFixed(1)} %`,
        name,
        place,
      ]),
  );
  output.line();
  output.line(path);
}
