/**
 * How quick the index is, beside the plain one and what one would pick instead, held against its targets.
 * `npm run bench` prints a table, `npm run bench -- --json` one array; `test/bench/options.ts` has the rest.
 */
import { Output } from '../../bin/cli/output.ts';
import { type OnProgress, progressOnTerminal, tracked } from '../../bin/local/progress.ts';
import { DATA } from './data.ts';
import { firstAnswerRow } from './first-answer/first-answer-row.ts';
import { memoryRow } from './memory-row.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { profile } from './profile.ts';
import { QUESTIONS, type TimedOperation } from './questions.ts';
import { report } from './report.ts';
import { judged, type Measured, type Row } from './row.ts';
import { type Effort, QUICK, THOROUGH, timedRows } from './timed-rows.ts';

type Step = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** What is measured in processes of its own, by operation: at which sizes, and how. */
const ALONE: Readonly<Record<string, { upTo: number; measure: (size: number, effort: Effort) => Promise<Measured> }>> =
  {
    'memory-per-agent': { upTo: Number.POSITIVE_INFINITY, measure: memoryRow },
    // Beyond, the naive one's file is longer than a string can be.
    'first-answer': { upTo: 100_000, measure: (size, { runs }) => firstAnswerRow(size, runs) },
  };

/** All rows of a size, as they come. */
async function* rowsOf(size: number, { only, quick }: Options, onProgress: OnProgress): AsyncGenerator<Measured> {
  const isWanted = (operation: string): boolean => only === undefined || only.has(operation);
  const effort = quick ? QUICK : THOROUGH;
  const step: Step = (what, work) => tracked(`${size.toLocaleString('en')}: ${what}`, onProgress, work);
  const operations = (Object.keys(QUESTIONS) as TimedOperation[]).filter(isWanted);
  if (operations.length > 0 || isWanted('build')) yield* timedRows({ size, effort, operations, step });
  for (const [operation, { upTo, measure }] of Object.entries(ALONE)) {
    if (isWanted(operation) && size <= upTo) yield await step(operation, () => measure(size, effort));
  }
}

async function measureAll(options: Options): Promise<Row[]> {
  const onProgress = progressOnTerminal(process.stderr);
  const rows: Row[] = [];
  for (const size of options.sizes) {
    for await (const row of rowsOf(size, options, onProgress)) rows.push(judged(row));
  }
  return rows;
}

async function main(options: Options): Promise<void> {
  const output = new Output(process.stdout);
  const { profile: operation, out: directory } = options;
  if (operation !== undefined) {
    for (const size of options.sizes) await profile(output, { operation, size, directory });
    return;
  }
  const rows = await measureAll(options);
  if (options.json) return output.json(rows);
  output.line(DATA);
  output.line();
  report(output, rows);
}

function options(): Options {
  try {
    return parseOptions(process.argv.slice(2), [...Object.keys(QUESTIONS), 'build', ...Object.keys(ALONE)]);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

await main(options());
