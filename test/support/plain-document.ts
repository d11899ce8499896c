import { isObject, type Json } from '../../lambdas/agents/merge.ts';

/** A document as a plain list: what stands at which path. Objects are there by what is in them, or as `{}`. */
export type Plain = Map<string, unknown>;

const keyOf = (path: readonly string[]): string => JSON.stringify(path);
const pathOf = (key: string): readonly string[] => JSON.parse(key) as string[];
const isUnder = (path: readonly string[], root: readonly string[]): boolean =>
  path.length > root.length && root.every((part, n) => part === path[n]);

/** Flattens a document. */
export function toPlain(document: Json, path: readonly string[] = []): Plain {
  return new Map(
    Object.entries(document).flatMap(([key, value]) => {
      const at = [...path, key];
      if (!isObject(value)) return [[keyOf(at), value] as const];
      return Object.keys(value).length === 0 ? [[keyOf(at), {}] as const] : [...toPlain(value, at)];
    }),
  );
}

/** What is under a path, the path itself left out. */
const under = (plain: Plain, root: readonly string[]): string[] =>
  [...plain.keys()].filter((key) => isUnder(pathOf(key), root));

/** Takes away what stands at a path and below; the object in which it stood stays, be it empty. */
export function erase(plain: Plain, path: readonly string[]): void {
  const gone = [keyOf(path), ...under(plain, path)].filter((key) => plain.delete(key));
  const parent = path.slice(0, -1);
  if (gone.length > 0 && parent.length > 0 && under(plain, parent).length === 0) plain.set(keyOf(parent), {});
}

/** Lays one value over a document: objects meet, everything else is replaced. */
export function lay(plain: Plain, path: readonly string[], value: unknown): void {
  for (const key of [...plain.keys()]) if (isUnder(path, pathOf(key))) plain.delete(key);
  const isEmptyObject = isObject(value);
  if (isEmptyObject && under(plain, path).length > 0) return;
  for (const key of under(plain, path)) plain.delete(key);
  plain.set(keyOf(path), value);
}

/** Lays every value of a document over another one. */
export function layAll(plain: Plain, above: Plain): void {
  for (const [key, value] of above) lay(plain, pathOf(key), value);
}

/** Whether a document says anything at a path, or below it. */
export const saysAt = (plain: Plain, key: string): boolean => plain.has(key) || under(plain, pathOf(key)).length > 0;

/** Whether it holds a value there that is no object. */
const hasValueAt = (plain: Plain, path: readonly string[]): boolean =>
  plain.has(keyOf(path)) && !isObject(plain.get(keyOf(path)));

/** A layer of calls: what it says, and the paths that it takes away from below. */
export interface PatchedPlain {
  readonly says: Plain;
  readonly removed: Set<string>;
}

/** A JSON merge patch (RFC 7396) of a layer that lies over others. */
export function patchPlain({ says, removed }: PatchedPlain, patch: Json, path: readonly string[] = []): void {
  for (const [key, value] of Object.entries(patch)) {
    const at = [...path, key];
    if (value === null) {
      erase(says, at);
      removed.add(keyOf(at));
    } else if (isObject(value)) {
      if (hasValueAt(says, at)) removed.add(keyOf(at));
      lay(says, at, {});
      patchPlain({ says, removed }, value, at);
    } else lay(says, at, value);
  }
}

/** Paths without those that lie below another one of them: what is gone whole is gone with all below it. */
export function shortest(removed: ReadonlySet<string>): string[] {
  const paths = [...removed].map(pathOf);
  return paths.filter((path) => !paths.some((other) => isUnder(path, other))).map((path) => path.join('.'));
}

/** Takes a list of paths, as {@link PatchedPlain} has it, away from a document. */
export function eraseAll(plain: Plain, removed: ReadonlySet<string>): void {
  for (const key of removed) erase(plain, pathOf(key));
}

/** `a.b` of a path. */
export const dotted = (key: string): string => pathOf(key).join('.');
