import { parseArgs } from 'node:util';
import { SIZES } from './targets.ts';

/** What a run is asked to do. */
export interface Options {
  readonly json: boolean;
  /** Fewer and shorter runs: for a look, not for a judgement. */
  readonly quick: boolean;
  readonly sizes: readonly number[];
  /** Operations; `undefined`: all. */
  readonly only: ReadonlySet<string> | undefined;
  /** The one operation to profile instead of measuring. */
  readonly profile: string | undefined;
  /** Where the profile is kept. @default - a temporary folder */
  readonly out: string | undefined;
}

export const USAGE = `npm run bench -- [--json] [--quick] [--sizes 4462,100000] [--only and2-ids,…]
npm run bench -- --profile and2-ids [--sizes 100000] [--out FOLDER]`;

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

/**
 * Reads the arguments of a run.
 *
 * @param operations that can be measured
 * @param profiled operations that can be profiled
 * @throws Error that says what is wrong with them
 */
export function parseOptions(
  args: readonly string[],
  operations: readonly string[],
  profiled: readonly string[],
): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      sizes: { type: 'string' },
      only: { type: 'string' },
      profile: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const sizes = values.sizes === undefined ? SIZES : list(values.sizes).map(Number);
  if (sizes.length === 0 || !sizes.every((size) => Number.isInteger(size) && size >= 1_000)) {
    throw new Error('--sizes takes whole numbers from 1000 up, between commas');
  }
  const only = values.only === undefined ? undefined : list(values.only);
  const unknown = only?.find((operation) => !operations.includes(operation));
  if (unknown !== undefined) throw new Error(`There is no operation ${unknown}: ${operations.join(', ')}`);
  const { json, quick, profile, out } = values;
  if (json && profile !== undefined) throw new Error('--profile prints a table: it does not go with --json');
  if (profile !== undefined && !profiled.includes(profile)) {
    throw new Error(`There is no profile of ${profile}: ${profiled.join(', ')}`);
  }
  return { json, quick, profile, out, sizes, only: only && new Set(only) };
}
