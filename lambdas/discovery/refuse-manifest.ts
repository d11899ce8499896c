import { isoTime } from '../shared/clock.ts';
import { ConflictError, type RegistryError } from '../shared/errors.ts';
import { ManifestRefusedError } from './declared-layers.ts';
import type { Problem, SnapshotEntry } from './reload-snapshot.ts';
import type { ValidationStep } from './reload-status.ts';

/** After so many milliseconds what was refused is tried again, unless only the manifest itself can mend it. */
export const RETRY_REFUSED_MS = 5 * 60 * 1000;

/** What is known of a manifest whose version is refused, and whether anybody has yet to hear of it. */
export interface Refusal {
  readonly to: SnapshotEntry & { readonly problem: Problem };
  readonly isNews: boolean;
}

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
    reason: error.message,
    errors: error.errors,
    ...(error instanceof ManifestRefusedError && error.line !== undefined && { line: error.line }),
    since: known?.since ?? isoTime(now),
    ...(step !== 'syntax_validation' && { retryAt: now + RETRY_REFUSED_MS }),
  };
  const nobody: SnapshotEntry = { etag, kind: 'other' };
  const { missingSince: _, warnings: __, warnedAt: ___, copyOf: ____, doubtful: _____, ...served } = entry ?? nobody;
  return { to: { ...served, etag, problem }, isNews: known?.reason !== problem.reason };
}
