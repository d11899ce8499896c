import type { Health } from '../agents/status.ts';

/** Why a result is what it is. The first of a code's words says what was looked at. */
export const REASONS = [
  'OK',
  'GATED',
  'IDLE',
  'HTTP_STATUS',
  'TIMEOUT',
  'UNREACHABLE',
  'TLS',
  'FORBIDDEN_ADDRESS',
  'TOO_LARGE',
  'NOT_A2A',
  'NOT_MCP',
  'FUNCTION_MISSING',
  'FUNCTION_PENDING',
  'FUNCTION_FAILED',
  'UPDATE_IN_PROGRESS',
  'UPDATE_FAILED',
  'CLUSTER_MISSING',
  'SERVICE_MISSING',
  'SERVICE_INACTIVE',
  'NO_TASKS',
  'TASKS_PENDING',
  'ROLLOUT_FAILED',
  'AGENT_HEALTHY',
  'AGENT_DEGRADED',
  'AGENT_UNHEALTHY',
  'RESOURCE_LIMIT',
  'FUNCTIONALITY',
  'LEASE_EXPIRED',
  'NO_EVIDENCE',
] as const;
export type Reason = (typeof REASONS)[number];

/** Where a result comes from. */
export type ResultSource = 'http' | 'lambda' | 'ecs' | 'heartbeat';

/** What one check or heartbeat found (second specification, "Health Status Tracking"). */
export interface HealthCheckResult {
  readonly agentId: string;
  readonly healthy: boolean;
  /** Milliseconds since the epoch, by the service's clock. */
  readonly timestamp: number;
  /** Milliseconds. */
  readonly responseTime?: number;
  /** One sentence for people, where it is not healthy. It says nothing of the network. */
  readonly error?: string;
  readonly details?: ResultDetails;
}

export interface ResultDetails {
  readonly source: ResultSource;
  readonly reason: Reason;
  /** It works, but not as it should: neither a success nor a failure. `healthy` is false then. */
  readonly partial?: boolean;
  /** Status of an HTTP answer. */
  readonly status?: number;
}

/** How an agent has done of late (second specification, "Health Status Tracking"). */
export interface HealthStatus {
  readonly agentId: string;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
  readonly lastCheck: HealthCheckResult;
  /** The last {@link HISTORY}, oldest first. */
  readonly history: readonly HealthCheckResult[];
}

/** Results that are remembered of an agent and source. */
export const HISTORY = 10;

/** Successes in a row that make an agent healthy, and failures that make it unhealthy. */
export const HEALTHY_AFTER = 2;
export const UNHEALTHY_AFTER = 3;

/** What a result comes to: it is `partial` where the agent works, but not as it should. */
export type Outcome = 'failed' | 'passed' | 'partial';

/** Pure. */
export function outcomeOf({ healthy, details }: Pick<HealthCheckResult, 'healthy' | 'details'>): Outcome {
  if (healthy) return 'passed';
  return details?.partial === true ? 'partial' : 'failed';
}

/** A health that could be told, and why. */
export interface Verdict {
  readonly health: Health;
  readonly reason: Reason;
  /** The same for people, such as `http check: 3 failures in a row (TIMEOUT)`: what the change log says. */
  readonly because: string;
}
