import { type FieldError, ValidationError } from './errors.ts';

/** Deepest nesting of objects and arrays in a document. */
export const MAX_DEPTH = 32;

/** Keys that reach into JavaScript's object model when a document is merged. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** C0 and C1 controls and DEL, but tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

function textError(field: string, text: string): FieldError | undefined {
  if (CONTROL_CHARACTERS.test(text)) {
    return { field, rule: 'controlCharacters', message: 'must not contain control characters' };
  }
  if (!text.isWellFormed()) return { field, rule: 'unicode', message: 'must be well-formed Unicode' };
  return undefined;
}

function keyError(field: string, key: string): FieldError | undefined {
  if (FORBIDDEN_KEYS.has(key)) return { field, rule: 'forbiddenKey', message: `the key "${key}" is not allowed` };
  return textError(field, key);
}

function firstError(value: unknown, path: string, depth: number): FieldError | undefined {
  if (typeof value === 'string') return textError(path, value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { field: path, rule: 'finite', message: 'must be a finite number' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return { field: '', rule: 'depth', message: `must not nest deeper than ${MAX_DEPTH} levels` };
  const named = !Array.isArray(value);
  for (const [key, child] of Object.entries(value)) {
    const field = path ? `${path}.${key}` : key;
    const error = (named && keyError(field, key)) || firstError(child, field, depth + 1);
    if (error) return error;
  }
  return undefined;
}

/**
 * Refuses what no schema of ours means to allow anywhere in a parsed JSON document: forbidden keys, nesting deeper
 * than {@link MAX_DEPTH}, control characters, lone surrogates, and numbers past a double's range.
 *
 * @throws ValidationError naming the first offending field.
 */
export function assertStrictJson(value: unknown): void {
  const error = firstError(value, '', 1);
  if (error) throw new ValidationError([error]);
}
