/**
 * How quick the index is, beside the plain one and what one would pick instead, held against its targets.
 * `npm run bench` prints a table, `npm run bench -- --json` one array; `test/bench/options.ts` has the rest.
 */
import { Output } from '../../bin/cli/output.ts';
import { type OnProgress, progressOnTerminal, tracked } from '../../bin/local/progress.ts';
import { FUNCTIONS } from '../../lib/function-names.ts';
import { METHOD } from './data.ts';
import { firstAnswerRow } from './first-answer/first-answer-row.ts';
import { initOperation, initRows } from './init.ts';
import { memoryRow } from './memory-row.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { PROFILED, profile } from './profile.ts';
import { QUESTIONS, type TimedOperation } from './questions.ts';
import { report } from './report.ts';
import { requestsRows } from './requests-rows.ts';
import { judged, type Measured, type Row } from './row.ts';
import { snapshotRows } from './snapshot-rows.ts';
import { textRow } from './text-row.ts';
import { type Effort, QUICK, THOROUGH, timedRows } from './timed-rows.ts';
import { WrongAnswerError } from './wrong-answer-error.ts';

type Step = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** What is measured in processes of its own: by which operations, at which sizes, and how. */
const ALONE: readonly {
  readonly operations: readonly string[];
  readonly upTo: number;
  readonly measure: (size: number, effort: Effort) => Promise<readonly Measured[]>;
}[] = [
  {
    operations: ['memory-per-agent'],
    upTo: Number.POSITIVE_INFINITY,
    measure: async (size, { processes }) => [await memoryRow(size, processes)],
  },
  // Beyond, the naive one's file is longer than a string can be.
  {
    operations: ['first-answer'],
    upTo: 100_000,
    measure: async (size, { runs }) => [await firstAnswerRow(size, runs)],
  },
  { operations: ['snapshot-bytes', 'snapshot-encode', 'snapshot-decode'], upTo: 100_000, measure: snapshotRows },
  // Beyond, filling and asking the libraries takes minutes.
  { operations: ['text-search'], upTo: 10_000, measure: async (size, { time }) => [await textRow(size, time)] },
  {
    operations: ['requests-search', 'requests-search-again', 'requests-list'],
    upTo: 100_000,
    measure: requestsRows,
  },
];

/** What does not depend on the number of agents. */
const INITS: readonly string[] = FUNCTIONS.map(initOperation);

const OPERATIONS: readonly string[] = [
  'build',
  ...INITS,
  ...Object.keys(QUESTIONS),
  ...ALONE.flatMap(({ operations }) => operations),
];

/** All rows of a size, as they come. */
async function* rowsOf(size: number, { only, quick }: Options, onProgress: OnProgress): AsyncGenerator<Measured> {
  const isWanted = (operation: string): boolean => only === undefined || only.has(operation);
  const effort = quick ? QUICK : THOROUGH;
  const step: Step = (what, work) => tracked(`${size.toLocaleString('en')}: ${what}`, onProgress, work);
  const operations = (Object.keys(QUESTIONS) as TimedOperation[]).filter(isWanted);
  if (operations.length > 0 || isWanted('build')) {
    for await (const row of timedRows({ size, effort, operations, step })) if (isWanted(row.operation)) yield row;
  }
  for (const { operations, upTo, measure } of ALONE) {
    if (size > upTo || !operations.some(isWanted)) continue;
    const rows = await step(operations.join(', '), () => measure(size, effort));
    yield* rows.filter(({ operation }) => isWanted(operation));
  }
}

async function measureAll(options: Options): Promise<Row[]> {
  const onProgress = progressOnTerminal(process.stderr);
  const rows: Row[] = [];
  for (const size of options.sizes) {
    for await (const row of rowsOf(size, options, onProgress)) rows.push(judged(row));
  }
  const inits = INITS.filter((operation) => options.only === undefined || options.only.has(operation));
  if (inits.length > 0) {
    const measured = await tracked('Start each function', onProgress, () => initRows(options.quick ? 3 : 9));
    rows.push(...measured.filter(({ operation }) => inits.includes(operation)).map(judged));
  }
  return rows;
}

/** Says why there is nothing to show. */
function end(message: string, exitCode: number): void {
  console.error(message);
  process.exitCode = exitCode;
}

async function main(options: Options): Promise<void> {
  const output = new Output(process.stdout);
  const { profile: operation, out: directory } = options;
  if (operation !== undefined) {
    for (const size of options.sizes) await profile(output, { operation, size, directory });
    return;
  }
  const rows = await measureAll(options);
  if (rows.length === 0) return end('None of these operations is measured at these sizes.', 2);
  if (options.json) return output.json(rows);
  output.line(METHOD);
  output.line();
  report(output, rows);
  // A target that is missed comes with what takes the time, or the memory.
  for (const { operation: missed, size } of rows.filter(({ met }) => met === false)) {
    if (!PROFILED.includes(missed)) continue;
    output.line(`\n${missed} at ${size.toLocaleString('en')}:`);
    await profile(output, { operation: missed, size, directory });
  }
}

function options(): Options {
  try {
    return parseOptions(process.argv.slice(2), OPERATIONS, PROFILED);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

try {
  await main(options());
} catch (error) {
  if (!(error instanceof WrongAnswerError)) throw error;
  end(`${error.message}: nothing is said about how quick anybody is.`, 1);
}
