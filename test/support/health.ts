import type { Beat } from '../../lambdas/health/beats/beat.ts';
import type { KeptResults } from '../../lambdas/health/check-results.ts';
import type { CheckKind } from '../../lambdas/health/contract.ts';
import type { HealthCheckResult, Outcome, Reason } from '../../lambdas/health/health-status.ts';
import { recordResult } from '../../lambdas/health/judging/kept-results.ts';
import { START } from './agents.ts';

/** A beat that has never come, unless said otherwise. */
export const aBeat = (overrides: Partial<Beat> = {}): Beat => ({
  agentId: 'calendar-agent',
  incarnation: 'first',
  streak: 0,
  recent: [],
  ...overrides,
});

const LETTERS: Readonly<Record<string, Outcome>> = { p: 'passed', f: 'failed', h: 'partial' };
const REASONS: Readonly<Record<Outcome, Reason>> = {
  passed: 'OK',
  failed: 'TIMEOUT',
  partial: 'TASKS_PENDING',
};

export const aResult = (
  outcome: Outcome = 'passed',
  timestamp: number = START,
  source: CheckKind | 'heartbeat' = 'http',
  agentId = 'calendar-agent',
): HealthCheckResult => ({
  agentId,
  healthy: outcome === 'passed',
  timestamp,
  details: { source, reason: REASONS[outcome], ...(outcome === 'partial' && { partial: true }) },
});

/**
 * Results one after the other, half a minute apart.
 *
 * @param letters `p` passed, `f` failed, `h` partial, oldest first
 * @param newest when the last one was found
 */
export function results(
  letters: string,
  newest: number = START,
  source: CheckKind | 'heartbeat' = 'http',
): KeptResults {
  const none: KeptResults = { agentId: 'calendar-agent', streak: 0, recent: [] };
  return [...letters].reduce((kept, letter, n) => {
    const at = newest - (letters.length - 1 - n) * 30_000;
    return recordResult(kept, aResult(LETTERS[letter], at, source));
  }, none);
}
