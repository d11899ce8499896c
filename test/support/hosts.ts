import type { RegisteredAgent } from '../../lambdas/agents/agent-instance.ts';
import { DETAIL_TYPES } from '../../lambdas/agents/contract.ts';
import { DynamicAgentRegistry } from '../../lambdas/agents/dynamic-agent-registry.ts';
import { getAgent } from '../../lambdas/agents/get-agent.ts';
import { aContext } from './agents.ts';

/** A process that hosts agents, on a registry in memory. */
export function aHost() {
  const context = aContext();
  const registry = new DynamicAgentRegistry({ ...context, actor: 'host-1' });
  const told: string[] = [];
  for (const type of DETAIL_TYPES) {
    registry.on(type, ({ id, revision }: RegisteredAgent) => told.push(`${type} ${id}#${revision}`));
  }
  const failures: unknown[] = [];
  registry.on('writeFailed', (error, agentId) => failures.push([agentId, error]));
  const logged = () => context.store.changes().map(({ type, revision }) => `${type} #${revision}`);
  const stored = (id = 'calendar-agent') => getAgent(context.store, id);
  return { context, registry, told, failures, logged, stored };
}
