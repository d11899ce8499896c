import { isDeepStrictEqual } from 'node:util';
import { CONTENDERS } from './contenders/all.ts';
import { Contestant } from './processes/contestant.ts';
import type { TimedOperation } from './questions.ts';
import { type Measured, median } from './row.ts';
import { WrongAnswerError } from './wrong-answer-error.ts';

/** How much is measured. */
export interface Effort {
  /** Odd, so that the median is one of them. */
  readonly runs: number;
  /** Milliseconds of one run of one contender, at least a round. */
  readonly time: number;
  /** Of each index, to see how much memory it takes. */
  readonly processes: number;
}

export const THOROUGH: Effort = { runs: 7, time: 80, processes: 5 };
export const QUICK: Effort = { runs: 3, time: 30, processes: 3 };

/** Milliseconds of a round of those that are shown for comparison: where that is not enough, they get fewer questions. */
const RIVAL_ROUND = 100;

/** Beyond, filling those that are shown for comparison takes longer than all else. */
const RIVALS_UP_TO = 100_000;
const NO_RIVALS = `others are left out beyond ${RIVALS_UP_TO.toLocaleString('en')} agents: filling them takes too long`;

const NO_REDIS = 'Redis takes part where a server answers on 127.0.0.1:6379; none is running';

/** What one should know of a question to read its row. */
const NOTES: Readonly<Partial<Record<TimedOperation, string>>> = {
  'tools-priority-vs-sqlite': 'this counts; tools-priority-page is the page that callers get',
};

const noteOf = (operation: TimedOperation, size: number): string =>
  [NOTES[operation], size > RIVALS_UP_TO && NO_RIVALS].filter(Boolean).join('; ');

/** Who is measured in full, at every size: ours, what the targets are about, and other forms of these two. */
const isMain = (name: string): boolean => ['ours', 'naive', 'ours-js', 'loops'].includes(name);

/** Rotated, so that nobody is always the first or always behind the same one. */
const rotated = <Item>(items: readonly Item[], by: number): Item[] => {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
};

interface Ready {
  readonly contestant: Contestant;
  /** Questions of a round. */
  readonly questions: number;
  /** Milliseconds of warming up: none where the round that was checked took longer than that. */
  readonly warmup: number;
}

/** Asks everybody, the naive index first, and holds all answers against its. */
async function checked(contestants: readonly Contestant[], operation: TimedOperation, time: number): Promise<Ready[]> {
  let right: readonly string[] | undefined;
  const ready: Ready[] = [];
  for (const contestant of contestants.toSorted((a, b) => Number(b.name === 'naive') - Number(a.name === 'naive'))) {
    const start = performance.now();
    const answers = await contestant.answers(
      operation,
      isMain(contestant.name) ? Number.POSITIVE_INFINITY : RIVAL_ROUND,
    );
    if (answers === undefined) continue;
    right ??= answers;
    if (!isDeepStrictEqual(answers, right.slice(0, answers.length))) {
      const wrong = answers.findIndex((answer, n) => answer !== right?.[n]);
      throw new WrongAnswerError(`${contestant.name} answers question ${wrong + 1} of ${operation} wrongly`);
    }
    const warmup = performance.now() - start > 2 * time ? 0 : 2 * time;
    ready.push({ contestant, questions: answers.length, warmup });
  }
  return ready;
}

/** What everybody took, with ours and the naive one apart. */
function split(
  figures: Iterable<readonly [name: string, figure: number]>,
): Pick<Measured, 'ours' | 'naive' | 'others'> {
  const { ours = null, naive = null, ...others } = Object.fromEntries(figures) as Partial<Record<string, number>>;
  return { ours, naive, others: others as Record<string, number> };
}

/** Medians of interleaved runs, of everybody who can be asked this. */
async function measureOperation(
  contestants: readonly Contestant[],
  operation: TimedOperation,
  { runs, time }: Effort,
): Promise<ReturnType<typeof split>> {
  const ready = await checked(contestants, operation, time);
  const times = new Map<string, number[]>(ready.map(({ contestant }) => [contestant.name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const { contestant, questions, warmup } of rotated(ready, run)) {
      const budget = { time, warmup: run === 0 ? warmup : 0 };
      times.get(contestant.name)?.push(await contestant.time(operation, questions, budget));
    }
  }
  return split([...times].map(([name, measured]) => [name, median(measured)] as const));
}

/** What is measured at a size with everybody there. */
export interface TimedPlan {
  readonly size: number;
  readonly effort: Effort;
  readonly operations: readonly TimedOperation[];
  readonly step: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

/** Starts everybody, one after the other, so that building can be timed; the naive one always, for it says what is right. */
async function startAll({ size, step }: TimedPlan): Promise<Contestant[]> {
  const names = Object.keys(CONTENDERS).filter((name) => isMain(name) || size <= RIVALS_UP_TO);
  const started: Contestant[] = [];
  for (const name of names) {
    const contestant = await step(`Fill ${name}`, () => Contestant.start(name, size));
    if (contestant) started.push(contestant);
  }
  return started;
}

/** One row for each operation, and one for building. */
export async function* timedRows(plan: TimedPlan): AsyncGenerator<Measured> {
  const { size, effort, operations, step } = plan;
  const contestants = await startAll(plan);
  try {
    const built = contestants.map((contestant) => [contestant.name, contestant.built] as const);
    const isRedisMissing = size <= RIVALS_UP_TO && !contestants.some(({ name }) => name === 'redis');
    const note =
      'from digests in no order, one by one, with one question for everybody at the end; loops and libraries take in what they are asked for';
    yield {
      operation: 'build',
      size,
      unit: 'ms',
      ...split(built),
      note: isRedisMissing ? `${note}; ${NO_REDIS}` : note,
    };
    for (const operation of operations) {
      const figures = await step(operation, () => measureOperation(contestants, operation, effort));
      const remark = noteOf(operation, size);
      yield { operation, size, unit: 'µs', ...figures, ...(remark && { note: remark }) };
    }
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}
