import type { ReloadSource } from './reload-terms.ts';

/** How often a source was polled, and how that went. */
export interface ReloadCounts {
  /** ISO 8601; `null` before the first. */
  readonly lastPollAt: string | null;
  readonly pollCount: number;
  readonly errorCount: number;
}

/** Counts by source; a source that was never polled is absent. */
export type AllCounts = Readonly<Partial<Record<ReloadSource, ReloadCounts>>>;

/** Where the counts are kept. Only who has the lease writes them. Both may throw `StoreBusyError`. */
export interface ReloadCountStore {
  load(): Promise<AllCounts>;
  save(counts: AllCounts): Promise<void>;
}

export const NEVER_POLLED: ReloadCounts = { lastPollAt: null, pollCount: 0, errorCount: 0 };
