import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Output } from '../../bin/cli/output.ts';
import { profileFirstAnswer } from './first-answer/first-answer-row.ts';
import { Contestant } from './processes/contestant.ts';
import { QUESTIONS, type TimedOperation } from './questions.ts';

/** Functions that are shown. */
const SHOWN = 20;

/** Milliseconds for which an operation is profiled. */
const TIME = 3_000;

/** Time that a function took itself, without those that it called. */
interface SelfTime {
  readonly name: string;
  readonly place: string;
  readonly milliseconds: number;
}

const nameOf = ({ functionName }: Profiler.ProfileNode['callFrame']): string => functionName || '(anonymous)';

const placeOf = ({ url, lineNumber }: Profiler.ProfileNode['callFrame']): string =>
  url === '' ? '' : `${url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')}:${lineNumber + 1}`;

/** Who took the time of a profile, the greediest first. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): SelfTime[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, SelfTime>();
  for (const [n, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined) continue;
    const [name, place] = [nameOf(frame), placeOf(frame)];
    const key = `${name} ${place}`;
    const milliseconds = (times.get(key)?.milliseconds ?? 0) + (timeDeltas[n] ?? 0) / 1_000;
    times.set(key, { name, place, milliseconds });
  }
  return [...times.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

async function profileTimed(operation: TimedOperation, size: number, path: string): Promise<void> {
  const ours = await Contestant.start('ours', size);
  await ours?.profile(operation, path, TIME);
  await ours?.stop();
}

/**
 * Profiles one operation of ours, and says which functions took the time.
 *
 * @param directory where the profile is kept. @default - a temporary one
 * @throws Error for an operation that has no time of its own
 */
export async function profile(
  output: Output,
  { operation, size, directory }: { operation: string; size: number; directory: string | undefined },
): Promise<void> {
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'agent-registry-profile-')));
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${operation}-${size}.cpuprofile`);
  if (Object.hasOwn(QUESTIONS, operation)) await profileTimed(operation as TimedOperation, size, path);
  else if (operation === 'first-answer') await profileFirstAnswer(size, path);
  else
    throw new Error(
      `There is no profile of ${operation}: take one of ${Object.keys(QUESTIONS).join(', ')}, first-answer`,
    );
  const times = selfTimes(JSON.parse(await readFile(path, 'utf8')) as Profiler.Profile);
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  output.table(
    ['self ms', 'share', 'function', 'where'],
    times
      .slice(0, SHOWN)
      .map(({ name, place, milliseconds }) => [
        milliseconds.toFixed(1),
        `${((100 * milliseconds) / total).toFixed(1)} %`,
        name,
        place,
      ]),
  );
  output.line();
  output.line(path);
}
