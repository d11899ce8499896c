import { SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

/** What became of one file. */
export interface FileResult<Verdict extends string> {
  readonly path: string;
  readonly verdict: Verdict;
  /** Id of its agent. */
  readonly id?: string;
  /** What stands for it: another file, or an agent that says the same. */
  readonly of?: string;
  /** Where it was before. */
  readonly from?: string;
  readonly reason?: string;
  /** Line of the file, from 1, that the reason speaks of. */
  readonly line?: number;
}

/** Verdicts in the order of the summary: how each is coloured, and the words for it where it is not one itself. */
export type Verdicts<Verdict extends string> = Readonly<
  Record<Verdict, { readonly colour: 'green' | 'dim' | 'yellow' | 'red'; readonly words?: string }>
>;

/** The place that a reason speaks of: `agents/planner.md:3`. */
export const placeOf = ({ path, line }: { readonly path: string; readonly line?: number }): string =>
  line === undefined ? path : `${path}:${line}`;

function outcomeOf({ id = '', of, from, reason }: FileResult<string>, output: Output): string {
  if (of !== undefined) return ` same as ${of}`;
  if (reason !== undefined) return `: ${reason}`;
  return ` ${output.colours.dim(id)}${from === undefined ? '' : ` (was ${from})`}`;
}

/** `invalid    agents/planner.md:3: front matter is not valid YAML: …`. */
export function lineOf<Verdict extends string>(
  result: FileResult<Verdict>,
  verdicts: Verdicts<Verdict>,
  output: Output,
): string {
  const colour = output.colours[verdicts[result.verdict].colour];
  return `${colour(result.verdict.padEnd(10))} ${placeOf(result)}${outcomeOf(result, output)}`;
}

/** `239 files: 238 registered, 1 skipped`. */
export function summaryOf<Verdict extends string>(
  results: readonly FileResult<Verdict>[],
  verdicts: Verdicts<Verdict>,
): string {
  const parts = (Object.keys(verdicts) as Verdict[]).flatMap((verdict) => {
    const count = results.filter((result) => result.verdict === verdict).length;
    return count > 0 ? [`${count} ${verdicts[verdict].words ?? verdict}`] : [];
  });
  const files = new Set(results.map(({ path }) => path)).size;
  return `${files} ${files === 1 ? 'file' : 'files'}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** Tells how work on files goes. */
export interface FileReport<Result> {
  /** Before the first file. */
  start(total: number): void;
  /** After each file, in the order in which they are done. */
  done(result: Result): void;
  /** After the last one, or when the work cannot go on; the results are in path order. */
  end(results?: readonly Result[]): void;
}

/** For people at a terminal: a bar while it works, then a line per file, in path order, and the summary. */
function terminalReport<Verdict extends string>(
  output: Output,
  verdicts: Verdicts<Verdict>,
): FileReport<FileResult<Verdict>> {
  const bar = new SingleBar({ format: '{bar} {value}/{total} files', clearOnComplete: true, hideCursor: true });
  return {
    start: (total) => bar.start(total, 0),
    done: () => bar.increment(),
    end(results) {
      bar.stop();
      if (!results) return;
      for (const result of results) output.line(lineOf(result, verdicts, output));
      output.line(`\n${output.colours.bold(summaryOf(results, verdicts))}`);
    },
  };
}

/** For logs: a line per file as soon as it is done, then the summary. */
const logReport = <Verdict extends string>(
  output: Output,
  verdicts: Verdicts<Verdict>,
): FileReport<FileResult<Verdict>> => ({
  start: () => {},
  done: (result) => output.line(lineOf(result, verdicts, output)),
  end: (results) => results && output.line(summaryOf(results, verdicts)),
});

/** For programs: one array of all results. */
const jsonReport = <Result>(output: Output): FileReport<Result> => ({
  start: () => {},
  done: () => {},
  end: (results) => results && output.json(results),
});

export function fileReport<Verdict extends string>(
  output: Output,
  json: boolean,
  verdicts: Verdicts<Verdict>,
): FileReport<FileResult<Verdict>> {
  if (json) return jsonReport(output);
  return output.isTerminal ? terminalReport(output, verdicts) : logReport(output, verdicts);
}
