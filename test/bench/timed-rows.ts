import { isDeepStrictEqual } from 'node:util';
import pMap from 'p-map';
import { CONTENDERS } from './contenders/all.ts';
import type { Contestant } from './processes/contestant.ts';
import type { TimedOperation } from './questions.ts';
import { type Measured, median } from './row.ts';

/** Says that a contender is wrong: how quick it is does not matter then. */
export class WrongAnswerError extends Error {}

/** How much is measured. */
export interface Effort {
  /** Odd, so that the median is one of them. */
  readonly runs: number;
  /** Milliseconds of one run of one contender, at least a round. */
  readonly time: number;
}

export const THOROUGH: Effort = { runs: 7, time: 80 };
export const QUICK: Effort = { runs: 3, time: 30 };

/** Milliseconds of a round of those that are shown for comparison: where that is not enough, they get fewer questions. */
const RIVAL_ROUND = 100;

/** Who is measured in full: ours, and what the targets are about. */
const isMain = (name: string): boolean => name === 'ours' || name === 'naive';

/** Rotated, so that nobody is always the first or always behind the same one. */
const rotated = <Item>(items: readonly Item[], by: number): Item[] => {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
};

interface Ready {
  readonly contestant: Contestant;
  /** Questions of a round. */
  readonly questions: number;
}

/** Asks everybody, and holds their answers against those of the naive index. */
async function checked(contestants: readonly Contestant[], operation: TimedOperation): Promise<Ready[]> {
  const right = await contestants.find(({ name }) => name === 'naive')?.answers(operation, Number.POSITIVE_INFINITY);
  const ready: Ready[] = [];
  for (const contestant of contestants) {
    const limit = isMain(contestant.name) ? Number.POSITIVE_INFINITY : RIVAL_ROUND;
    const answers = await contestant.answers(operation, limit);
    if (answers === undefined) continue;
    if (right && !isDeepStrictEqual(answers, right.slice(0, answers.length))) {
      const wrong = answers.findIndex((answer, n) => answer !== right[n]);
      throw new WrongAnswerError(`${contestant.name} answers question ${wrong + 1} of ${operation} wrongly`);
    }
    ready.push({ contestant, questions: answers.length });
  }
  return ready;
}

/** Medians of interleaved runs, in microseconds, of everybody who can be asked this. */
export async function measureOperation(
  contestants: readonly Contestant[],
  operation: TimedOperation,
  { runs, time }: Effort,
): Promise<Pick<Measured, 'ours' | 'naive' | 'others'>> {
  const ready = await checked(contestants, operation);
  const times = new Map<string, number[]>(ready.map(({ contestant }) => [contestant.name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const { contestant, questions } of rotated(ready, run)) {
      const warmup = run === 0 ? 2 * time : 0;
      times.get(contestant.name)?.push(await contestant.time(operation, questions, { time, warmup }));
    }
  }
  const {
    ours = null,
    naive = null,
    ...others
  } = Object.fromEntries([...times].map(([name, measured]) => [name, median(measured)] as const)) as {
    ours?: number;
    naive?: number;
  } & Record<string, number>;
  return { ours, naive, others };
}

/** Starts everybody who takes part at a size; the naive one is always there, for it says what is right. */
export async function startAll(
  start: (name: string) => Promise<Contestant | undefined>,
  skipped: (name: string) => boolean,
): Promise<Contestant[]> {
  const names = Object.keys(CONTENDERS).filter((name) => !skipped(name));
  const started = await pMap(names, start, { concurrency: 2 });
  return started.filter((contestant) => contestant !== undefined);
}
