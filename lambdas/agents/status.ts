/** How well an agent works, as checks and heartbeats tell. */
export type Health = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
export const HEALTHS: readonly Health[] = ['healthy', 'degraded', 'unhealthy', 'unknown'];

/** What its operator wants of it. */
export type OperatorMode = 'enabled' | 'maintenance' | 'disabled';

/** May it be routed to (second specification, "Registered Agent Metadata"). */
export type Status = 'available' | 'degraded' | 'unavailable';
export const STATUSES: readonly Status[] = ['available', 'degraded', 'unavailable'];

/** What it is doing (first specification, "Agent Metadata Schema"). */
export type State = 'active' | 'idle' | 'error' | 'maintenance';
export const STATES: readonly State[] = ['active', 'idle', 'error', 'maintenance'];

const STATUS_OF_HEALTH: Readonly<Record<Health, Status>> = {
  healthy: 'available',
  unknown: 'available',
  degraded: 'degraded',
  unhealthy: 'unavailable',
};

/**
 * Both vocabularies of status, derived from the one truth (ARCHITECTURE, "Two vocabularies of status"). An agent that
 * nobody has checked yet may be routed to: declaring a health check is up to its owner.
 *
 * @param runningTasks tasks that it holds now
 */
export function deriveStatus(
  { operatorMode, health }: { operatorMode: OperatorMode; health: Health },
  runningTasks = 0,
): { status: Status; state: State } {
  if (operatorMode !== 'enabled') return { status: 'unavailable', state: 'maintenance' };
  if (health === 'unhealthy') return { status: 'unavailable', state: 'error' };
  return { status: STATUS_OF_HEALTH[health], state: runningTasks > 0 ? 'active' : 'idle' };
}
