import type { KeptResults } from './check-results.ts';
import type { CheckTarget } from './checks/checker.ts';
import { ROUND_SECONDS } from './contract.ts';
import { effectiveInterval } from './effective-interval.ts';
import { UNHEALTHY_AFTER } from './health-status.ts';

/** Targets of one round at most. */
export const MAX_TARGETS = 5_000;

/** Milliseconds that a target may be early: rounds are never quite as far apart as they should be. */
const SLACK_MS = (ROUND_SECONDS * 1_000) / 2;

/** Milliseconds between two questions to what hangs after it was found unhealthy, and when it then does so again. */
const HANGING_MS = { first: 60_000, later: 120_000 } as const;

/** Each one that hangs holds a socket for as long as it may answer. */
function waitFor({ streak, recent }: KeptResults): number {
  if (recent.at(-1)?.details?.reason !== 'TIMEOUT' || streak > -UNHEALTHY_AFTER) return 0;
  return streak === -UNHEALTHY_AFTER ? HANGING_MS.first : HANGING_MS.later;
}

/**
 * Those that are to be asked now, whoever was asked longest ago first. Pure.
 *
 * @param kept what is known of an agent
 * @param tried milliseconds since the epoch at which an agent was last to be asked, whatever came of it: whoever cannot be
 * asked must not stand before the others for ever
 * @param now milliseconds since the epoch
 */
export function dueTargets<Target extends CheckTarget>(
  targets: readonly Target[],
  kept: (agentId: string) => KeptResults | undefined,
  tried: (agentId: string) => number | undefined,
  now: number,
): Target[] {
  const due = targets.flatMap((target) => {
    const known = kept(target.agentId);
    const last = known?.recent.at(-1)?.timestamp ?? 0;
    const pause = Math.max(effectiveInterval(target.check), known ? waitFor(known) : 0);
    return now - last >= pause - SLACK_MS ? [{ target, since: Math.max(last, tried(target.agentId) ?? 0) }] : [];
  });
  return due
    .sort((a, b) => a.since - b.since)
    .slice(0, MAX_TARGETS)
    .map(({ target }) => target);
}
