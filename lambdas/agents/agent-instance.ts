import type { AgentDocument } from './agent-schema.ts';
import type { Agent } from './agent-view.ts';
import type { Health, Status } from './status.ts';

/** What a running agent tells its registry, by event name. */
export interface AgentInstanceEvents {
  /** It can be routed to, not at all, or with care. */
  statusChanged: [status: Status];
  /** Its slots: how many it has, and how many are taken. */
  capacityChanged: [capacity: { maxConcurrent: number; current: number }];
}

type Listener<Event extends keyof AgentInstanceEvents> = (...values: AgentInstanceEvents[Event]) => void;

/** An agent that runs in this process (`AgentBase` of the second specification). An `EventEmitter` has `on` and `off`. */
export interface AgentInstance {
  /** What it says of itself. Without an `id` each registration makes a new agent. */
  readonly document: AgentDocument;
  /** Makes it ready for tasks; called once it is registered. */
  initialize(): Promise<void>;
  on<Event extends keyof AgentInstanceEvents>(event: Event, listener: Listener<Event>): unknown;
  off<Event extends keyof AgentInstanceEvents>(event: Event, listener: Listener<Event>): unknown;
}

/** What is kept of a registered agent (second specification, "Registered Agent Metadata"). */
export interface RegisteredAgent {
  id: string;
  name: string;
  type: string;
  revision: number;
  status: Status;
  /** Core and enhancements. */
  capabilities: string[];
  config: Agent['config'];
  capacity: { maxConcurrent: number; current: number };
  /** Milliseconds and ratios. */
  metrics: Agent['metrics'];
  lastHealthCheck: string | null;
  responseQueue: Agent['responseQueue'];
}

/** The metadata of an agent, with the tasks that its instance says it runs. */
export function registeredAgentOf(agent: Agent, runningTasks: number): RegisteredAgent {
  const { id, name, type, revision, status, config, metrics, lastHealthCheck, responseQueue } = agent;
  const capabilities = [...new Set([...agent.capabilities.core, ...agent.capabilities.enhancements])];
  const capacity = { maxConcurrent: agent.capacity.maxConcurrent, current: runningTasks };
  return { id, name, type, revision, status, capabilities, config, capacity, metrics, lastHealthCheck, responseQueue };
}

/** The health that an instance's own word about its status stands for. */
export const HEALTH_OF_STATUS: Readonly<Record<Status, Health>> = {
  available: 'healthy',
  degraded: 'degraded',
  unavailable: 'unhealthy',
};

/**
 * Puts listeners on an instance.
 *
 * @returns what takes them off again
 */
export function listen(
  instance: AgentInstance,
  listeners: { [Event in keyof AgentInstanceEvents]: Listener<Event> },
): () => void {
  instance.on('statusChanged', listeners.statusChanged);
  instance.on('capacityChanged', listeners.capacityChanged);
  return () => {
    instance.off('statusChanged', listeners.statusChanged);
    instance.off('capacityChanged', listeners.capacityChanged);
  };
}
