import type { CheckKind } from '../contract.ts';
import type { HealthCheckResult, Reason } from '../health-status.ts';

/** What counts as a failure, what as neither (second specification, "Health Monitoring"), and what people are told. */
const MEANINGS = {
  OK: { outcome: 'passed' },
  GATED: { outcome: 'passed' },
  IDLE: { outcome: 'passed' },
  HTTP_STATUS: { outcome: 'failed', error: 'it answers with another status than 200' },
  TIMEOUT: { outcome: 'failed', error: 'it does not answer in time' },
  UNREACHABLE: { outcome: 'failed', error: 'it cannot be reached' },
  TLS: { outcome: 'failed', error: 'it has no certificate that can be trusted' },
  FORBIDDEN_ADDRESS: { outcome: 'failed', error: 'it is at an address that is not allowed' },
  TOO_LARGE: { outcome: 'failed', error: 'it answers too much' },
  NOT_A2A: { outcome: 'failed', error: 'its answer is no card of an agent' },
  NOT_MCP: { outcome: 'failed', error: 'it does not speak MCP' },
  FUNCTION_MISSING: { outcome: 'failed', error: 'there is no such function' },
  FUNCTION_PENDING: { outcome: 'partial', error: 'the function is being made' },
  FUNCTION_FAILED: { outcome: 'failed', error: 'the function could not be made' },
  UPDATE_IN_PROGRESS: { outcome: 'partial', error: 'the function is being updated' },
  UPDATE_FAILED: { outcome: 'failed', error: 'the last update of the function failed' },
  CLUSTER_MISSING: { outcome: 'failed', error: 'there is no such cluster' },
  SERVICE_MISSING: { outcome: 'failed', error: 'there is no such service' },
  SERVICE_INACTIVE: { outcome: 'failed', error: 'the service is being taken away, or gone' },
  NO_TASKS: { outcome: 'failed', error: 'no task of the service runs' },
  TASKS_PENDING: { outcome: 'partial', error: 'tasks of the service are not there yet' },
  ROLLOUT_FAILED: { outcome: 'partial', error: 'the last deployment of the service failed' },
} as const satisfies Partial<Record<Reason, { outcome: 'passed' | 'partial' | 'failed'; error?: string }>>;

/** Why the result of a check is what it is. */
export type CheckReason = keyof typeof MEANINGS;

/** Everything that a result has beside its reason follows from it. */
export interface Finding {
  readonly reason: CheckReason;
  /** Milliseconds since the epoch at which the asking began. */
  readonly at: number;
  /** Milliseconds. */
  readonly responseTime?: number;
  /** Of an HTTP answer. */
  readonly status?: number;
}

/** Whether a text is a reason that checks give: what is stored may be of another version. */
export const isCheckReason = (text: unknown): text is CheckReason => typeof text === 'string' && text in MEANINGS;

/** What a check found of an agent, as it is told to everybody. */
export function checkResult(agentId: string, source: CheckKind, finding: Finding): HealthCheckResult {
  const { reason, at, responseTime, status } = finding;
  const meaning: { outcome: string; error?: string } = MEANINGS[reason];
  return {
    agentId,
    healthy: meaning.outcome === 'passed',
    timestamp: at,
    ...(responseTime !== undefined && { responseTime }),
    ...(meaning.error !== undefined && { error: meaning.error }),
    details: {
      source,
      reason,
      ...(meaning.outcome === 'partial' && { partial: true }),
      ...(status !== undefined && { status }),
    },
  };
}
