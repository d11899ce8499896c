import { HEALTHS } from '../agents/status.ts';
import { MAX_TOLD, WORST } from '../health/fleet-health.ts';
import type { FleetHealth } from '../health/health-schema.ts';
import type { AgentDirectory } from './agent-directory.ts';

/** How many agents are well, and who is not, the worst first. */
export function fleetHealth(directory: AgentDirectory): Pick<FleetHealth, 'totalAgents' | 'health' | 'agents'> {
  const { index } = directory;
  const counts = HEALTHS.map((health) => [health, index.count({ term: ['health', health] })]);
  const worst = WORST.flatMap((health) => index.page({ term: ['health', health] }, { limit: MAX_TOLD }).ids);
  const agents = directory.listed(worst.slice(0, MAX_TOLD));
  return {
    totalAgents: index.size,
    health: Object.fromEntries(counts),
    agents: agents.map(({ id, name, health }) => ({ agentId: id, name, health })),
  };
}
