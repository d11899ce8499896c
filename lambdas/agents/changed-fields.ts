import { isObject, type Json } from './merge.ts';

/** More paths, or longer ones in all, are told one level higher up: a change entry stays small. */
export const MAX_CHANGED_FIELDS = 32;
export const MAX_CHANGED_BYTES = 2_048;

function differences(before: unknown, after: unknown, path: string): string[] {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], path ? `${path}.${key}` : key));
  }
  return sameJson(before, after) ? [] : [path];
}

function sameJson(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  if (isObject(left) && isObject(right)) return differences(left, right, '').length === 0;
  return left === right;
}

const shortened = (paths: readonly string[], depth: number): string[] => [
  ...new Set(paths.map((path) => path.split('.').slice(0, depth).join('.'))),
];

const fits = (paths: readonly string[]): boolean =>
  paths.length <= MAX_CHANGED_FIELDS && Buffer.byteLength(paths.join()) <= MAX_CHANGED_BYTES;

/**
 * Dotted paths of the fields in which two documents differ, sorted; where they are too many or too long, their
 * parents, at last the fields at the top, which are few. Empty exactly when the documents say the same.
 */
export function changedFields(before: Json, after: Json): string[] {
  const paths = differences(before, after, '');
  return ([paths, shortened(paths, 2)].find(fits) ?? shortened(paths, 1)).sort();
}
