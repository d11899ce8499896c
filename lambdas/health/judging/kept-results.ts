import type { KeptResults } from '../check-results.ts';
import { type HealthCheckResult, HISTORY, type Outcome, outcomeOf } from '../health-status.ts';

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

/**
 * What was found from a moment on (milliseconds since the epoch): results of an agent's earlier life say nothing of it. Pure.
 */
export function resultsFrom(kept: KeptResults, from: number): KeptResults | undefined {
  const recent = kept.recent.filter(({ timestamp }) => timestamp >= from);
  if (recent.length === kept.recent.length) return kept;
  return recent.reduce<KeptResults | undefined>(recordResult, undefined);
}
