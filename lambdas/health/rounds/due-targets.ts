import type { KeptResults } from '../check-results.ts';
import type { CheckTarget } from '../checks/checker.ts';
import { functionIn, questionKey } from '../checks/lambda-check.ts';
import { type CheckKind, ROUND_SECONDS } from '../contract.ts';
import { UNHEALTHY_AFTER } from '../health-status.ts';
import { effectiveInterval } from '../judging/effective-interval.ts';

/** What is asked in one round at most. */
export const MAX_TARGETS = 5_000;

/**
 * Milliseconds that a target may be early: rounds are never quite as far apart as they should be. The control plane of
 * Lambda is the whole account's: what its pace says is meant.
 */
const SLACK_MS: Readonly<Record<CheckKind, number>> = {
  http: (ROUND_SECONDS * 1_000) / 2,
  ecs: (ROUND_SECONDS * 1_000) / 2,
  lambda: 0,
};

/** Milliseconds between two questions to what hangs after it was found unhealthy, and when it then does so again. */
const HANGING_MS = { first: 60_000, later: 120_000 } as const;

/** Each one that hangs holds a socket for as long as it may answer. */
function waitFor({ streak, recent }: KeptResults): number {
  if (recent.at(-1)?.details?.reason !== 'TIMEOUT' || streak > -UNHEALTHY_AFTER) return 0;
  return streak === -UNHEALTHY_AFTER ? HANGING_MS.first : HANGING_MS.later;
}

/** What is asked: a function by its name and version, however many agents run in it; of the other kinds each for itself. */
function questionOf({ agentId, check }: CheckTarget): string {
  const named = check.type === 'lambda' ? functionIn(check.functionName) : undefined;
  return named ? questionKey(named) : agentId;
}

/**
 * Those that are to be asked now, whoever was asked longest ago first. Agents that share what is asked are asked after
 * together, by the newest answer that any of them has, and as often as the one that wants it most. Pure.
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
  const due = [...Map.groupBy(targets, questionOf).values()].flatMap((sharing) => {
    let [last, since, pause] = [0, 0, Number.POSITIVE_INFINITY];
    for (const { agentId, check } of sharing) {
      const known = kept(agentId);
      last = Math.max(last, known?.recent.at(-1)?.timestamp ?? 0);
      since = Math.max(since, last, tried(agentId) ?? 0);
      const wait = Math.max(effectiveInterval(check), known ? waitFor(known) : 0);
      pause = Math.min(pause, wait - SLACK_MS[check.type]);
    }
    return now - last >= pause ? [{ sharing, since }] : [];
  });
  return due
    .sort((a, b) => a.since - b.since)
    .slice(0, MAX_TARGETS)
    .flatMap(({ sharing }) => sharing);
}
