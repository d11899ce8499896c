import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from '../../../lambdas/agents/status.ts';
import type { KeptResults } from '../../../lambdas/health/check-results.ts';
import { judgeResults } from '../../../lambdas/health/judging/judge-results.ts';
import { pacedSettle } from '../../../lambdas/health/paced-settle.ts';

/** What settling an agent takes: three reads and a transaction in the region, as they are in a function (assumed). */
export const SETTLE_MS = 25;

/** The registry's word of each agent's health, changed at the pace of production. */
export class Settling {
  readonly health = new Map<string, Health>();
  /** Agents whose health has changed, in all. */
  changes = 0;
  readonly #paced = pacedSettle({ settle: (agentId, options) => this.#settle(agentId, options?.check) });

  settle(agentId: string, check?: KeptResults) {
    return this.#paced(agentId, check ? { check } : { undeclared: true });
  }

  async #settle(agentId: string, check: KeptResults | undefined) {
    await sleep(SETTLE_MS);
    const health = check ? judgeResults(check).health : 'unknown';
    const changed = this.health.get(agentId) !== health;
    this.health.set(agentId, health);
    if (changed) this.changes += 1;
    return { health, changed };
  }
}
