import { isoTime } from '../shared/clock.ts';
import { ConflictError, type FieldError, MAX_NAMED_ERRORS, type RegistryError } from '../shared/errors.ts';
import { ManifestRefusedError } from './declared-layers.ts';
import type { Problem, SnapshotEntry } from './reload-snapshot.ts';
import type { ValidationStep } from './reload-terms.ts';

/** After so many milliseconds what was refused is tried again, unless only the manifest itself can mend it. */
export const RETRY_REFUSED_MS = 5 * 60 * 1000;

/** What is known of a manifest whose version is refused, and whether anybody has yet to hear of it. */
export interface Refusal {
  readonly to: SnapshotEntry & { readonly problem: Problem };
  readonly isNews: boolean;
}

/**
 * Characters of a reason, of a field and of a message that are told. A misspelt key may be as long as its manifest, and
 * the bus refuses what is too long (256 KB for ten events), for good.
 */
const MAX_TOLD = { reason: 1_024, field: 256, message: 256 } as const;

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;

const told = ({ field, rule, message }: FieldError): FieldError => ({
  field: cut(field, MAX_TOLD.field),
  rule,
  message: cut(message, MAX_TOLD.message),
});

function stepOf(error: RegistryError): ValidationStep {
  if (error instanceof ManifestRefusedError) return error.step;
  return error instanceof ConflictError ? 'conflict_detection' : 'syntax_validation';
}

/**
 * What served before goes on serving; why the new version does not is kept. Pure.
 *
 * @param entry what was known of the manifest
 * @param etag the version that is refused
 * @param now milliseconds since the epoch
 */
export function refuse(entry: SnapshotEntry | undefined, etag: string, error: RegistryError, now: number): Refusal {
  const step = stepOf(error);
  const known = entry?.etag === etag ? entry.problem : undefined;
  const problem: Problem = {
    step,
    reason: cut(error.message, MAX_TOLD.reason),
    errors: error.errors.slice(0, MAX_NAMED_ERRORS).map(told),
    ...(error instanceof ManifestRefusedError && error.line !== undefined && { line: error.line }),
    since: known?.since ?? isoTime(now),
    ...(step !== 'syntax_validation' && { retryAt: now + RETRY_REFUSED_MS }),
  };
  const nobody: SnapshotEntry = { etag, kind: 'other' };
  const { missingSince: _, warnings: __, warnedAt: ___, copyOf: ____, doubtful: _____, ...served } = entry ?? nobody;
  return { to: { ...served, etag, problem }, isNews: known?.reason !== problem.reason };
}
