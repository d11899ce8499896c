import { STATES } from '../../agents/status.ts';
import type { AgentDirectory } from '../agent-directory.ts';
import type { RegistryStats } from './stats-schema.ts';

/** Counts what a directory holds. */
export function registryStats(directory: AgentDirectory): RegistryStats {
  const agents = directory.all();
  const counts = STATES.map((state) => [state, agents.filter((agent) => agent.state === state).length]);
  const agentCounts = Object.fromEntries(counts) as RegistryStats['agentCounts'];
  return { ...directory.capabilities.getStats(), agentCounts };
}
