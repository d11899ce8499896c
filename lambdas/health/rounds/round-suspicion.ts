import type { KeptResults } from '../check-results.ts';
import { type HealthCheckResult, outcomeOf, type Reason } from '../health-status.ts';

/** So many that did not fail before must fail, for their checker to be doubted rather than they. */
const AT_LEAST = 3;

/**
 * What a control plane says for certain of something that it knows: it was asked rightly, and has answered. What it does
 * not find may be looked for in the wrong place.
 */
const DEFINITE: ReadonlySet<Reason | undefined> = new Set<Reason>([
  'NO_TASKS',
  'SERVICE_INACTIVE',
  'FUNCTION_FAILED',
  'UPDATE_FAILED',
]);

const failed = (result: HealthCheckResult | undefined): boolean =>
  result !== undefined && outcomeOf(result) === 'failed';

/**
 * Whether it is the checker that is doubted: everything that it asked failed, and several of that did not fail before. A
 * single one that does not fail speaks for it, and so does one of which it knows what is wrong. Pure.
 *
 * @param before what was kept of an agent when the round began
 */
export function isSuspicious(
  results: Iterable<HealthCheckResult>,
  before: (agentId: string) => KeptResults | undefined,
): boolean {
  let news = 0;
  for (const result of results) {
    if (!failed(result) || DEFINITE.has(result.details?.reason)) return false;
    if (!failed(before(result.agentId)?.recent.at(-1))) news += 1;
  }
  return news >= AT_LEAST;
}
