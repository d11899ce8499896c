import pThrottle from 'p-throttle';
import type { HealthMonitor } from './health-monitor.ts';

/**
 * Agents that a sweep, or a round, settles in a second at most: the change log takes 500 entries, and registrations want
 * theirs. What consumers of the events get to see of a fleet that comes back is bounded by it as well.
 */
export const SETTLED_A_SECOND = 200;

/** Settling at that pace, from one sweep or round to the next. */
export function pacedSettle(monitor: Pick<HealthMonitor, 'settle'>): HealthMonitor['settle'] {
  const paced = pThrottle({ limit: SETTLED_A_SECOND, interval: 1_000 });
  return paced((agentId, options) => monitor.settle(agentId, options));
}
