import { isObject, type Json } from './merge.ts';

/** More paths than this are told one level higher up: a change entry stays small. */
export const MAX_CHANGED_FIELDS = 32;

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

/**
 * Dotted paths of the fields in which two documents differ, sorted; at most {@link MAX_CHANGED_FIELDS}, else their
 * parents. Empty exactly when the documents say the same.
 */
export function changedFields(before: Json, after: Json): string[] {
  const paths = differences(before, after, '');
  const fitting = [paths, shortened(paths, 2), shortened(paths, 1)].find((some) => some.length <= MAX_CHANGED_FIELDS);
  return (fitting ?? shortened(paths, 1).slice(0, MAX_CHANGED_FIELDS)).sort();
}
