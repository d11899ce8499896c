import type { Output } from '../../bin/cli/output.ts';
import type { Row } from './row.ts';
import { TARGETS } from './targets.ts';

/** A number with about three digits that count. */
export function figure(value: number | null): string {
  if (value === null) return '';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

const targetOf = ({ operation, target }: Row): string =>
  target === null ? '' : `${TARGETS[operation]?.ratio === 'atMost' ? '≤' : '≥'} ${figure(target)}`;

const othersOf = ({ others }: Row): string =>
  Object.entries(others)
    .map(([name, value]) => `${name} ${figure(value)}`)
    .join(', ');

/** Rows as a table for people, and what they come to. */
export function report(output: Output, rows: readonly Row[]): void {
  const { green, red } = output.colours;
  const verdict = ({ met }: Row): string => (met === null ? '' : met ? green('met') : red('missed'));
  output.table(
    ['operation', 'agents', 'unit', 'ours', 'naive', 'ratio', 'target', '', 'others'],
    rows.map((row) => [
      row.operation,
      row.size === 0 ? '' : row.size.toLocaleString('en'),
      row.unit,
      figure(row.ours),
      figure(row.naive),
      figure(row.ratio),
      targetOf(row),
      verdict(row),
      othersOf(row),
    ]),
  );
  output.line();
  const notes = rows.flatMap(({ operation, note }) => (note === undefined ? [] : [`${operation}: ${note}`]));
  for (const note of new Set(notes)) output.line(note);
  output.line();
  output.line(summary(rows));
}

/** One sentence about all targets. */
export function summary(rows: readonly Row[]): string {
  const judged = rows.filter(({ met }) => met !== null);
  const missed = judged.filter(({ met }) => !met);
  if (missed.length === 0) return `All ${judged.length} targets are met.`;
  const names = missed.map(({ operation, size }) =>
    size === 0 ? operation : `${operation} at ${size.toLocaleString('en')}`,
  );
  return `${missed.length} of ${judged.length} targets are missed: ${names.join(', ')}. \
"npm run bench -- --profile OPERATION --sizes N" shows where the time of one goes.`;
}
