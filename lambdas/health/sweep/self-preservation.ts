import { lossBudget } from '../../shared/loss-budget.ts';
import type { Override, SweepReport } from '../health-report.ts';

/** Milliseconds within which evictions count as one event. */
export const WINDOW_MS = 300_000;

/** What a sweep has found. */
export interface Expiry {
  /** Agents that have beaten and are not evicted. */
  readonly leased: number;
  /** Of these, those whose lease has ended. */
  readonly expired: number;
  /** Agents that were evicted within the last {@link WINDOW_MS}. */
  readonly evicted: number;
  /** An operator's word. Left out: the rule alone counts. */
  readonly override?: Override['mode'];
}

/** What may be done about it. */
export interface Allowance {
  /**
   * So many are gone at once that it is doubted: nobody is evicted. It ends when enough of them beat again, or by an
   * operator's word (`evict`), and by no time: see {@link allowanceFor}.
   */
  readonly preserving: boolean;
  /** Agents that may be evicted now. */
  readonly evictions: number;
}

/**
 * How many agents may be evicted. The fleet is all that have a lease with those that were evicted just now: whoever dies
 * slowly is counted together.
 *
 * Preservation has no end of its own. From here, more than 15 % that have really died look like more than 15 % whose beats
 * cannot reach us, and an outage of ten minutes must not empty the fleet, nor must one of a day. So the dead stay as they
 * were, and with them whoever dies later, until enough beat again, are removed from the registry, or an operator has looked
 * at the alarm and says `evict`. Pure.
 */
export function allowanceFor({ leased, expired, evicted, override }: Expiry): Allowance {
  const fleet = leased + evicted;
  const gone = expired + evicted;
  if (override === 'evict') return { preserving: false, evictions: lossBudget(fleet) };
  const preserving = gone > lossBudget(fleet);
  const left = Math.max(lossBudget(fleet) - evicted, 0);
  return { preserving, evictions: preserving || override === 'hold' ? 0 : left };
}

/** The evictions that still count at `now` (milliseconds since the epoch). Pure. */
export const withinWindow = (evictions: SweepReport['recentEvictions'], now: number): SweepReport['recentEvictions'] =>
  evictions.filter(({ at }) => at > now - WINDOW_MS);

/** How many that are together. */
export const countOf = (evictions: SweepReport['recentEvictions']): number =>
  evictions.reduce((sum, { count }) => sum + count, 0);
