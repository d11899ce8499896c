import type { CheckKind } from './contract.ts';

/** What the newest round of one kind of check did: one small item of the table. */
export interface RoundReport {
  /** +1 at each round. */
  readonly round: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  /** Pages that hold the results. */
  readonly pages: number;
  /** Agents that declare such a check. */
  readonly targets: number;
  /** Of this round; `unasked`: due, but not permitted, throttled, or out of time. */
  readonly results: {
    readonly passed: number;
    readonly partial: number;
    readonly failed: number;
    readonly unasked: number;
  };
  /** Everything that was asked failed at once: it is the checker that is doubted, and no status changes. */
  readonly suspected: boolean;
  /** Agents whose results were not kept: their pages could not be written. */
  readonly unsaved: number;
  /** Agents whose failure is not believed while the checker is suspected, or who are not judged by what was not kept. */
  readonly held: number;
}

/** What the newest sweep of the leases did. Times in milliseconds since the epoch. */
export interface SweepReport {
  readonly at: number;
  readonly tookMs: number;
  /** Agents that have beaten and are not evicted. */
  readonly leased: number;
  /** Of these, those whose lease has ended. */
  readonly expired: number;
  readonly evicted: number;
  /** So many leases ended at once that nobody is evicted. */
  readonly preserving: boolean;
  /** Agents that would be evicted if nobody was preserved, and no sweep had a bound. */
  readonly held: number;
  /** How many were evicted when, as far as it matters to the next sweep; before an eviction, how many may be. */
  readonly recentEvictions: readonly { readonly at: number; readonly count: number }[];
}

/** An operator's word over the monitor's: `evict`: what is held back is let go; `hold`: nobody is evicted. */
export interface Override {
  readonly mode: 'evict' | 'hold';
  /** Milliseconds since the epoch at which it ends by itself. */
  readonly until: number;
  readonly actor: string;
  readonly reason: string;
}

/** Where the monitor tells of itself. Every method may throw `StoreBusyError`. */
export interface HealthReports {
  round(kind: CheckKind): Promise<RoundReport | undefined>;
  /** @returns `false`: another round came between, and nothing is written */
  saveRound(kind: CheckKind, report: RoundReport): Promise<boolean>;
  sweep(): Promise<SweepReport | undefined>;
  /**
   * @param after `at` of the report that it follows; `undefined`: there was none
   * @returns `false`: another sweep came between, and nothing is written
   */
  saveSweep(report: SweepReport, after: number | undefined): Promise<boolean>;
  /** The word that counts at `now`, in milliseconds since the epoch. */
  override(now: number): Promise<Override | undefined>;
  /** `undefined` takes it back. */
  saveOverride(override: Override | undefined): Promise<void>;
}
