import { SingleBar } from 'cli-progress';
import type { ImportResult } from './import-agents.ts';
import type { Output } from './output.ts';

type Verdict = ImportResult['verdict'];

/** Verdicts in the order of the summary. */
const VERDICTS: readonly Verdict[] = ['registered', 'updated', 'unchanged', 'same', 'skipped', 'invalid', 'failed'];

/** A verdict as people read it. */
const WORDS: Readonly<Partial<Record<Verdict, string>>> = { same: 'same as another' };

/** `invalid agents/planner.md:3: front matter is not valid YAML: …`. */
function lineOf({ verdict, path, id, of, reason, line }: ImportResult, output: Output): string {
  const { green, dim, yellow, red } = output.colours;
  const colour = {
    registered: green,
    updated: green,
    unchanged: dim,
    same: dim,
    skipped: yellow,
    invalid: red,
    failed: red,
  };
  const place = line === undefined ? path : `${path}:${line}`;
  const outcome = of ? ` same as ${of}` : reason ? `: ${reason}` : ` ${dim(id ?? '')}`;
  return `${colour[verdict](verdict.padEnd(10))} ${place}${outcome}`;
}

/** `239 files: 238 registered, 1 skipped`. */
function summaryOf(results: readonly ImportResult[]): string {
  const counts = VERDICTS.map((verdict) => ({ verdict, count: results.filter((r) => r.verdict === verdict).length }));
  const parts = counts
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${WORDS[verdict] ?? verdict}`);
  return `${results.length} ${results.length === 1 ? 'file' : 'files'}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** Tells how an import goes. */
export interface ImportReport {
  /** Before the first file. */
  start(total: number): void;
  /** After each file, in the order in which they are done. */
  done(result: ImportResult): void;
  /** After the last one, or when the import cannot go on; the results are in path order. */
  end(results?: readonly ImportResult[]): void;
}

/** For people at a terminal: a bar while it works, then a line per file, in path order, and the summary. */
function terminalReport(output: Output): ImportReport {
  const bar = new SingleBar({ format: '{bar} {value}/{total} files', clearOnComplete: true, hideCursor: true });
  return {
    start: (total) => bar.start(total, 0),
    done: () => bar.increment(),
    end(results) {
      bar.stop();
      if (!results) return;
      for (const result of results) output.line(lineOf(result, output));
      output.line(`\n${output.colours.bold(summaryOf(results))}`);
    },
  };
}

/** For logs: a line per file as soon as it is done, then the summary. */
function logReport(output: Output): ImportReport {
  return {
    start: () => {},
    done: (result) => output.line(lineOf(result, output)),
    end: (results) => results && output.line(summaryOf(results)),
  };
}

/** For programs: one array of all results. */
function jsonReport(output: Output): ImportReport {
  return { start: () => {}, done: () => {}, end: (results) => results && output.json(results) };
}

export function importReport(output: Output, json: boolean): ImportReport {
  if (json) return jsonReport(output);
  return output.isTerminal ? terminalReport(output) : logReport(output);
}
