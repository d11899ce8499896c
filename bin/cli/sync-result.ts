import type { FieldError } from '../../lambdas/shared/errors.ts';
import type { FileResult, Verdicts } from './file-report.ts';

/** What may become of a file of a folder that is synchronised. */
export const SYNC_VERDICTS = {
  added: { colour: 'green' },
  updated: { colour: 'green' },
  moved: { colour: 'green' },
  removed: { colour: 'yellow' },
  unchanged: { colour: 'dim' },
  same: { colour: 'dim', words: 'same as another' },
  dismissed: { colour: 'yellow' },
  skipped: { colour: 'yellow', words: 'no agent' },
  held: { colour: 'red', words: 'held back' },
  refused: { colour: 'red' },
} as const satisfies Verdicts<string>;
export type SyncVerdict = keyof typeof SYNC_VERDICTS;

/** What became of one file. */
export interface SyncResult extends FileResult<SyncVerdict> {
  /** Fields that would change; only of a dry run. */
  readonly fields?: readonly string[];
  /** What is served all the same, but should be mended. */
  readonly warnings?: readonly FieldError[];
}

/** What a sync did. */
export interface SyncReport {
  /** Every file that there is, and those that went, in path order. */
  readonly results: readonly SyncResult[];
  /** How many removals are held, and of how many agents. */
  readonly held?: { readonly count: number; readonly of: number };
  /** Why it could not be done, or not be done to its end. */
  readonly error?: unknown;
}
