import { STATES } from '../../agents/status.ts';
import type { CapabilityIndex } from '../index/capability-index.ts';
import { withStatus } from './filter-expressions.ts';
import type { RegistryStats } from './stats-schema.ts';

/** Counts what an index holds. */
export function registryStats(index: Pick<CapabilityIndex, 'count' | 'getStats'>): RegistryStats {
  const counts = STATES.map((state) => [state, index.count(withStatus(state))]);
  const agentCounts = Object.fromEntries(counts) as RegistryStats['agentCounts'];
  return { ...index.getStats(), agentCounts };
}
