import { randomSuffix } from '../shared/ids.ts';
import { MAX_NAME_LENGTH } from './agent-fields.ts';

/**
 * What two names have in common when they are the same name: NFKC, trimmed, single spaces, lower case
 * (CONTRACT.md, "Name claim"). Composed once more at the end: `J̌` has no composed form, and its lower case has.
 */
export const normaliseName = (name: string): string =>
  name.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase().normalize('NFKC');

/** Cut by characters, as JSON Schema counts them: no surrogate pair is halved. */
const shortened = (name: string, length: number): string => [...name].slice(0, length).join('').trimEnd();

/**
 * Another name for an agent whose name is taken ("append_timestamp_suffix" of the first specification): `-{epoch ms}`,
 * and once that was taken as well eight random characters (40 bits) behind it.
 *
 * @param clashes how many suffixed names were already found taken
 */
export function renamed(name: string, now: number, clashes: number): string {
  const suffix = clashes === 0 ? `-${now}` : `-${now}-${randomSuffix(8)}`;
  return shortened(name, MAX_NAME_LENGTH - suffix.length) + suffix;
}
