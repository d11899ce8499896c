import type { Agent } from './agent-view.ts';

/** When an agent was last heard of. ISO 8601, cut to the minute: the agent's entity tag shall not change with each beat. */
export type AgentActivity = Pick<Agent, 'lastActivity' | 'lastHealthCheck'>;

/** Tells it of an agent; whoever watches over agents knows. */
export type ActivityOf = (agent: Agent) => Promise<AgentActivity>;
