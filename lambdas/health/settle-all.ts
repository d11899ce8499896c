import pMap from 'p-map';
import type { Clock } from '../shared/clock.ts';

/** Agents that are settled at once. */
const AT_ONCE = 16;

export interface SettleAllProps {
  readonly clock: Clock;
  /** Milliseconds since the epoch from which on nobody more is begun with. */
  readonly until: number;
  /** Told of what failed for some agents. */
  readonly onFailure?: ((what: string, error: unknown) => void) | undefined;
}

/** What was done about some agents: of each that went well what came of it, and how many failed. */
export interface SettledAll<Outcome> {
  readonly settled: readonly Outcome[];
  readonly failed: number;
}

/** Settles agents, as many as there is time for. Who fails holds up nobody. */
export async function settleAll<Agent extends { readonly agentId: string }, Outcome>(
  agents: readonly Agent[],
  settle: (agent: Agent) => Promise<Outcome>,
  { clock, until, onFailure }: SettleAllProps,
): Promise<SettledAll<Outcome>> {
  const settled: Outcome[] = [];
  let failed = 0;
  const one = async (agent: Agent): Promise<void> => {
    if (clock.now() >= until) return;
    try {
      settled.push(await settle(agent));
    } catch (error) {
      failed += 1;
      onFailure?.(`settling ${agent.agentId}`, error);
    }
  };
  await pMap(agents, one, { concurrency: AT_ONCE });
  return { settled, failed };
}
