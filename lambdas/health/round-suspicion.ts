import type { KeptResults } from './check-results.ts';
import { type HealthCheckResult, outcomeOf } from './health-status.ts';

/** So many that did not fail before must fail, for their checker to be doubted rather than they. */
const AT_LEAST = 3;

const failed = (result: HealthCheckResult | undefined): boolean =>
  result !== undefined && outcomeOf(result) === 'failed';

/**
 * Whether it is the checker that is doubted: everything that it asked failed, and several of that did not fail before. A
 * single one that does not fail speaks for it. Pure.
 *
 * @param before what was kept of an agent when the round began
 */
export function isSuspicious(
  results: Iterable<HealthCheckResult>,
  before: (agentId: string) => KeptResults | undefined,
): boolean {
  let news = 0;
  for (const result of results) {
    if (!failed(result)) return false;
    if (!failed(before(result.agentId)?.recent.at(-1))) news += 1;
  }
  return news >= AT_LEAST;
}
