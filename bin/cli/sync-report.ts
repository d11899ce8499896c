import { lineOf, placeOf, summaryOf } from './file-report.ts';
import type { Output } from './output.ts';
import { SYNC_VERDICTS, type SyncResult, type SyncVerdict } from './sync-result.ts';

/** What a dry run would do, as a difference shows it. */
const SIGNS: Readonly<Record<SyncVerdict, string>> = {
  added: '+',
  updated: '~',
  moved: '~',
  removed: '-',
  unchanged: '=',
  same: '=',
  dismissed: '=',
  skipped: ' ',
  held: '-',
  refused: '!',
};

/** READMEs and their like are told in the summary alone; a service, which has an id, is told by itself. */
const isSilent = ({ verdict, id }: SyncResult): boolean =>
  verdict === 'same' || verdict === 'unchanged' || (verdict === 'skipped' && id === undefined);

/** A line for a file of which there is news, and one for each thing about it that should be mended. */
export function printResult(result: SyncResult, output: Output): void {
  if (!isSilent(result)) output.line(lineOf(result, SYNC_VERDICTS, output));
  for (const { field, message } of result.warnings ?? []) {
    const place = field === '' ? result.path : `${result.path}: ${field}`;
    output.line(`${output.colours.yellow('warning'.padEnd(10))} ${place}: ${message}`);
  }
}

export const summaryOfSync = (results: readonly SyncResult[]): string => summaryOf(results, SYNC_VERDICTS);

/** What would happen to one file: `~ reviewer  agents/reviewer.md (config.priority)`. */
function differenceOf(result: SyncResult, output: Output): string {
  const { verdict, id, from, fields, reason } = result;
  const sign = output.colours[SYNC_VERDICTS[verdict].colour](SIGNS[verdict]);
  const remarks = [from && `was ${from}`, fields?.join(', '), verdict === 'held' && 'held back'].filter(Boolean);
  const remark = remarks.length > 0 ? ` (${remarks.join('; ')})` : '';
  return `${sign} ${id ? `${id}  ` : ''}${placeOf(result)}${remark}${reason === undefined ? '' : `: ${reason}`}`;
}

/** Prints what a dry run would do: the difference, then how much stays as it is. */
export function printDifference(results: readonly SyncResult[], output: Output): void {
  for (const result of results) if (!isSilent(result)) output.line(differenceOf(result, output));
  output.line(`= ${results.filter(({ verdict }) => verdict === 'unchanged').length} unchanged`);
  const note = 'Nothing was written. The registry would also check tools, memory, MCP servers, names and dependencies.';
  output.line(output.colours.dim(note));
}
