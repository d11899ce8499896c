import type { KeptResults } from './check-results.ts';
import { type HealthCheckResult, HISTORY, type Outcome, outcomeOf } from './health-status.ts';

/** Results in a row after one more. Pure. */
export function nextStreak(streak: number, outcome: Outcome): number {
  if (outcome === 'partial') return 0;
  return outcome === 'passed' ? Math.max(streak, 0) + 1 : Math.min(streak, 0) - 1;
}

/** What is kept of an agent once another result is known. Pure. */
export const recordResult = (kept: KeptResults | undefined, result: HealthCheckResult): KeptResults => ({
  agentId: result.agentId,
  streak: nextStreak(kept?.streak ?? 0, outcomeOf(result)),
  recent: [...(kept?.recent ?? []), result].slice(-HISTORY),
});
