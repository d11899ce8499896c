import type { AgentDocument } from '../../agents/agent-schema.ts';
import type { CheckKind } from '../contract.ts';
import type { HealthCheckResult } from '../health-status.ts';

/** How an agent wants to be checked: `monitoring.healthCheck`. */
export type DeclaredCheck = NonNullable<NonNullable<AgentDocument['monitoring']>['healthCheck']>;
export type HttpCheck = Extract<DeclaredCheck, { type: 'http' }>;
export type LambdaCheck = Extract<DeclaredCheck, { type: 'lambda' }>;
export type EcsCheck = Extract<DeclaredCheck, { type: 'ecs' }>;

/** One agent to be asked after. */
export interface CheckTarget<Check extends DeclaredCheck = DeclaredCheck> {
  readonly agentId: string;
  readonly check: Check;
}

/** One way to find out how agents do. */
export interface Checker {
  readonly kind: CheckKind;
  /**
   * Asks after agents, which all declare a check of this kind, the first of them first.
   *
   * @param deadline milliseconds since the epoch at which it must be done: nothing is begun that may take longer
   * @returns what was found. An agent that is missing was not asked: that is not permitted, the service that knows is
   * busy, or there was no time. A checker that cannot ask never says that an agent failed
   */
  check(targets: readonly CheckTarget[], deadline: number): Promise<ReadonlyMap<string, HealthCheckResult>>;
}
