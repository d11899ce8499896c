import type { CheckKind } from './contract.ts';
import type { HealthCheckResult } from './health-status.ts';

/** The newest results of an agent from one source: its beats, or its check. */
export interface KeptResults {
  readonly agentId: string;
  /** Results in a row that passed (above 0) or failed (below 0); 0 after one that was partial. */
  readonly streak: number;
  /** At most ten, oldest first. */
  readonly recent: readonly HealthCheckResult[];
}

/** Where the results of checks are found. May throw `StoreBusyError`. */
export interface CheckResultStore {
  /** What the newest rounds found of one agent; `undefined`: it was never checked so. */
  find(kind: CheckKind, agentId: string): Promise<KeptResults | undefined>;
}
