import { cleanText } from '../../agents/clean-text.ts';
import type { Flaw } from './read-document.ts';

/** Keys that reach into JavaScript's object model; see `lambdas/shared/strict-json.ts`. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Deepest nesting that is kept: the registry takes 32 levels of the whole document. */
const MAX_DEPTH = 24;

/** The first so many characters, as JSON Schema counts them: no surrogate pair is halved. */
export const cutText = (text: string, length: number): string =>
  text.length <= length ? text : [...text.slice(0, 2 * length)].slice(0, length).join('').trimEnd();

function cleanKey(key: string): string | undefined {
  const clean = cleanText(key);
  return clean === key && !FORBIDDEN_KEYS.has(key) ? key : undefined;
}

/**
 * A value without what the registry refuses anywhere in a document: control characters, forbidden keys, numbers past a
 * double's range, nesting without end. Keys without a value go as well: they say nothing, and would delete where the
 * document is sent as a merge patch.
 *
 * @param field what a flaw calls it
 */
export function scrubbed(value: unknown, field: string, flaws: Flaw[], depth = 1): unknown {
  if (typeof value === 'string') {
    const clean = cleanText(value);
    if (clean !== value) flaws.push({ reason: `${field}: control characters were left out` });
    return clean;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) {
    flaws.push({ reason: `${field}: what nests too deep was left out` });
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.map((item) => scrubbed(item, field, flaws, depth + 1)).filter((item) => item !== undefined);
  }
  const entries = Object.entries(value).flatMap(([key, child]) => {
    if (cleanKey(key) === undefined) {
      flaws.push({ reason: `${field}: a key that is not allowed was left out` });
      return [];
    }
    const clean = scrubbed(child, field, flaws, depth + 1);
    return clean === undefined || clean === null ? [] : [[key, clean] as const];
  });
  return Object.fromEntries(entries);
}
