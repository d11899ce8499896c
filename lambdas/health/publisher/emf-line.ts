import { isMetric } from '../beats/heartbeat-bounds.ts';
import type { HeartbeatPayload } from './beat-writer.ts';

/** Namespace of what agents tell of themselves; the registry's own is another. */
export const AGENT_METRICS_NAMESPACE = 'AgentRegistry/Agents';

/** Names in a line that no metric may have: it would take their place. */
const RESERVED = ['_aws', 'agentId', 'agentType'];

/**
 * A heartbeat as one line in the embedded metric format (CloudWatch user guide, "Embedded metric format specification"):
 * metrics without a call. They are kept by type of agent; the id is a field to search by, for as a dimension each agent
 * would make metrics of its own.
 *
 * @param now milliseconds since the epoch
 * @param namespace of the metrics
 */
export function emfLine(heartbeat: HeartbeatPayload, now: number, namespace: string = AGENT_METRICS_NAMESPACE): string {
  const { agentId, agentType = 'unknown', status, metrics = {} } = heartbeat;
  const own = Object.entries(metrics).filter(([name, value]) => isMetric(value) && !RESERVED.includes(name));
  const values = { Heartbeats: 1, HeartbeatsUnhealthy: status === 'healthy' ? 0 : 1, ...Object.fromEntries(own) };
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: Name.startsWith('Heartbeats') ? 'Count' : 'None' }));
  return JSON.stringify({
    _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [['agentType']], Metrics }] },
    agentType,
    agentId,
    ...values,
  });
}
