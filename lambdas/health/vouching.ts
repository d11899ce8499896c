import type { KeptResults } from './check-results.ts';
import type { DeclaredChecks } from './declared-checks.ts';
import { effectiveInterval, freshFor } from './effective-interval.ts';
import { type HealthCheckResult, type Outcome, outcomeOf, type Verdict } from './health-status.ts';
import { isRising, judgeResults } from './judge-results.ts';

/** What an agent's own check says of it now. */
export interface Checked {
  readonly verdict: Verdict;
  readonly newest: Outcome;
  /** One more success makes it healthy. */
  readonly isRising: boolean;
}

/** The newest result of the declared check, if it counts still. */
function freshResult(
  { healthCheck }: DeclaredChecks,
  check: KeptResults | undefined,
  now: number,
): HealthCheckResult | undefined {
  const newest = check?.recent.at(-1);
  if (healthCheck === undefined || newest?.details?.source !== healthCheck.type) return undefined;
  return now - newest.timestamp <= freshFor(healthCheck) ? newest : undefined;
}

/** What the declared check says, if it has been asked of late. Pure. */
export function checkedBy(declared: DeclaredChecks, check: KeptResults | undefined, now: number): Checked | undefined {
  const newest = freshResult(declared, check, now);
  return newest && check && { verdict: judgeResults(check), newest: outcomeOf(newest), isRising: isRising(check) };
}

/** What the check of an agent says to the end of its lease. */
export interface EndedLease {
  readonly declared: DeclaredChecks;
  readonly check?: KeptResults | undefined;
  /** Milliseconds since the epoch. */
  readonly end: number;
}

/**
 * Verifies before an eviction: an agent whose check has seen it since the end of its lease is `alive`; one that the check
 * has missed since is `gone`, as is one without a check. Until the check has had two intervals, it is waited for. Pure.
 */
export function vouching({ declared, check, end }: EndedLease, now: number): 'alive' | 'waiting' | 'gone' {
  const { healthCheck } = declared;
  if (healthCheck === undefined) return 'gone';
  const newest = freshResult(declared, check, now);
  if (newest !== undefined && newest.timestamp > end) return outcomeOf(newest) === 'failed' ? 'gone' : 'alive';
  return now > end + 2 * effectiveInterval(healthCheck) ? 'gone' : 'waiting';
}
