import type { KeptResults } from '../check-results.ts';
import {
  HEALTHY_AFTER,
  type HealthCheckResult,
  HISTORY,
  type Outcome,
  outcomeOf,
  type Reason,
  type ResultSource,
  UNHEALTHY_AFTER,
  type Verdict,
} from '../health-status.ts';
import { nextStreak } from './kept-results.ts';

const sourceName = (source: ResultSource | undefined): string =>
  source === undefined || source === 'heartbeat' ? 'heartbeat' : `${source} check`;

/** Why it is not healthy: what the newest of the results says that did not pass; of results that all passed, the newest. */
function reasonOf(recent: readonly HealthCheckResult[]): Reason {
  const told = recent.findLast((result) => outcomeOf(result) !== 'passed') ?? recent.at(-1);
  return told?.details?.reason ?? 'NO_EVIDENCE';
}

/**
 * Whether results have ever said anything for certain: since then they are `degraded` between the thresholds. So are as many
 * as are kept, if they come and go without reaching one: what was certain before is forgotten by then.
 */
function hasSettled(outcomes: readonly Outcome[]): boolean {
  if (outcomes.length >= HISTORY) return true;
  let streak = 0;
  return outcomes.some((outcome) => {
    streak = nextStreak(streak, outcome);
    return outcome === 'partial' || streak >= HEALTHY_AFTER || streak <= -UNHEALTHY_AFTER;
  });
}

/** Whether the newest results passed, and one more makes the agent healthy. Pure. */
export const isRising = ({ streak }: Pick<KeptResults, 'streak'>): boolean => streak > 0 && streak < HEALTHY_AFTER;

/** What lies between the thresholds. Of one that comes back, what was wrong before it passed is told as that. */
function sentenceBetween(kept: Pick<KeptResults, 'streak' | 'recent'>, reason: Reason): string {
  const newest = kept.recent.at(-1);
  if (newest && isRising(kept)) {
    const passed = newest.details?.reason ?? 'OK';
    return `${kept.streak} success so far (${passed === reason ? passed : `${passed} after ${reason}`})`;
  }
  const isPartial = newest !== undefined && outcomeOf(newest) === 'partial';
  return `${isPartial ? 'works in part' : 'neither well nor down'} (${reason})`;
}

/**
 * What the results of one source alone say: healthy after {@link HEALTHY_AFTER} that passed in a row, unhealthy after
 * {@link UNHEALTHY_AFTER} that failed, between them `degraded`, and `unknown` until either was reached. Pure.
 */
export function judgeResults({ streak, recent }: KeptResults): Verdict {
  const newest = recent.at(-1);
  const name = sourceName(newest?.details?.source);
  if (streak >= HEALTHY_AFTER) {
    const reason = newest?.details?.reason ?? 'OK';
    return { health: 'healthy', reason, because: `${name}: ${streak} successes in a row (${reason})` };
  }
  const reason = reasonOf(recent);
  if (streak <= -UNHEALTHY_AFTER) {
    return { health: 'unhealthy', reason, because: `${name}: ${-streak} failures in a row (${reason})` };
  }
  const health = hasSettled(recent.map(outcomeOf)) ? 'degraded' : 'unknown';
  return { health, reason, because: `${name}: ${sentenceBetween({ streak, recent }, reason)}` };
}
