import type { KeptResults } from '../check-results.ts';
import type { CheckKind } from '../contract.ts';
import type { RoundReport } from '../health-report.ts';
import { type HealthCheckResult, type Outcome, outcomeOf, type Verdict } from '../health-status.ts';
import type { DeclaredChecks } from './declared-checks.ts';
import { effectiveInterval, freshFor, type Paced } from './effective-interval.ts';
import { isRising, judgeResults } from './judge-results.ts';

/** What an agent's own check says of it now. */
export interface Checked {
  readonly verdict: Verdict;
  readonly newest: Outcome;
  /** One more success makes it healthy. */
  readonly isRising: boolean;
}

/** The newest result of the declared check, however old. */
function lastOf({ healthCheck }: DeclaredChecks, check: KeptResults | undefined): HealthCheckResult | undefined {
  const newest = check?.recent.at(-1);
  return newest?.details?.source === healthCheck?.type ? newest : undefined;
}

/** The newest result of the declared check, if it counts still. */
function freshResult(
  declared: DeclaredChecks,
  check: KeptResults | undefined,
  now: number,
): HealthCheckResult | undefined {
  const { healthCheck } = declared;
  const newest = lastOf(declared, check);
  return healthCheck && newest && now - newest.timestamp <= freshFor(healthCheck) ? newest : undefined;
}

/** What the declared check says, if it has been asked of late. Pure. */
export function checkedBy(declared: DeclaredChecks, check: KeptResults | undefined, now: number): Checked | undefined {
  const newest = freshResult(declared, check, now);
  return newest && check && { verdict: judgeResults(check), newest: outcomeOf(newest), isRising: isRising(check) };
}

/** The newest round of each kind of check, as far as there was one. */
export type Rounds = Readonly<Partial<Record<CheckKind, Pick<RoundReport, 'at' | 'suspected' | 'unsaved'>>>>;

/** What the check of an agent says to the end of its lease. */
export interface EndedLease {
  readonly declared: DeclaredChecks;
  readonly check?: KeptResults | undefined;
  /** Milliseconds since the epoch. */
  readonly end: number;
  /** Left out: the rounds are taken to go on as they should. */
  readonly rounds?: Rounds | undefined;
}

/** Whether those who check looked again an interval after a moment, are believed, and have kept all that they found. */
const haveLooked = (check: Paced, after: number, rounds: Rounds): boolean => {
  const round = rounds[check.type];
  if (round === undefined || round.suspected || round.unsaved > 0) return false;
  return round.at > after + effectiveInterval(check);
};

/**
 * Verifies before an eviction: an agent whose check has seen it since the end of its lease is `alive`; one that the check
 * has missed since is `gone`, as is one without a check. Otherwise the check has two intervals, from when the agent was
 * last heard of, and is waited for in any case while no round comes to its end: that nobody looked is no sign of anything.
 * Whoever is never asked, because it is not permitted, is `gone` while others are asked. Pure.
 */
export function vouching({ declared, check, end, rounds }: EndedLease, now: number): 'alive' | 'waiting' | 'gone' {
  const { healthCheck } = declared;
  if (healthCheck === undefined) return 'gone';
  const newest = freshResult(declared, check, now);
  if (newest !== undefined && newest.timestamp > end) return outcomeOf(newest) === 'failed' ? 'gone' : 'alive';
  const heard = Math.max(end, lastOf(declared, check)?.timestamp ?? end);
  if (rounds !== undefined && !haveLooked(healthCheck, heard, rounds)) return 'waiting';
  return now > heard + 2 * effectiveInterval(healthCheck) ? 'gone' : 'waiting';
}
