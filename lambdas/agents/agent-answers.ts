import { etagOf } from './agent.ts';
import type { Agent } from './agent-view.ts';
import type { Answer } from './idempotency.ts';

/** How an agent is told over HTTP: its bare body and its entity tag (CONTRACT.md, "Agent"). */
export const agentAnswer = (agent: Agent, status = 200): Answer => ({
  status,
  headers: { ETag: etagOf(agent) },
  body: JSON.stringify(agent),
});

/** How a registration is answered: 201 and where to find the agent; 200 when a merge updated one that was there. */
export function registrationAnswer(agent: Agent, created: boolean): Answer {
  const answer = agentAnswer(agent, created ? 201 : 200);
  return { ...answer, headers: { ...answer.headers, Location: `/registry/agents/${agent.id}` } };
}
