import { STATES, type State } from '../agents/status.ts';
import type { AgentDirectory } from './agent-directory.ts';
import type { IndexStats } from './capability-index.ts';

/** Statistics of the registry (CONTRACT.md, "Stats"; `getStats()` and "Registry Statistics" of the specifications). */
export interface RegistryStats extends IndexStats {
  /** Agents by what they are doing. */
  readonly agentCounts: Readonly<Record<State, number>>;
}

/** Counts what a directory holds. */
export function registryStats(directory: AgentDirectory): RegistryStats {
  const agents = directory.all();
  const counts = STATES.map((state) => [state, agents.filter((agent) => agent.state === state).length]);
  return { ...directory.capabilities.getStats(), agentCounts: Object.fromEntries(counts) };
}
