import type { CheckResultStore, KeptResults } from '../../lambdas/health/check-results.ts';
import type { CheckKind } from '../../lambdas/health/contract.ts';
import type { HealthCheckResult } from '../../lambdas/health/health-status.ts';
import { recordResult } from '../../lambdas/health/judging/kept-results.ts';

/** Results of checks in memory. */
export class MemoryCheckResults implements CheckResultStore {
  /** Asked before each call; may throw. */
  hook: () => void | Promise<void> = () => undefined;
  readonly #kept = new Map<string, KeptResults>();

  async find(kind: CheckKind, agentId: string): Promise<KeptResults | undefined> {
    await this.hook();
    return this.#kept.get(`${kind} ${agentId}`);
  }

  /** Keeps one more result of a check. */
  record(kind: CheckKind, result: HealthCheckResult): void {
    const key = `${kind} ${result.agentId}`;
    this.#kept.set(key, recordResult(this.#kept.get(key), result));
  }
}
