import { AT_ONCE_MS } from '../../lambdas/discovery/removal-guard.ts';
import type { RemovalCount } from '../../lambdas/discovery/vanished-manifests.ts';

/** Counts removals of this process: a folder that is deleted while it is watched goes in several parts. */
export class RecentRemovals implements RemovalCount {
  #times: number[] = [];

  async take(limit: number, now: number): Promise<boolean> {
    if ((await this.recent(now)) >= limit) return false;
    this.#times.push(now);
    return true;
  }

  async recent(now: number): Promise<number> {
    this.#times = this.#times.filter((time) => time > now - AT_ONCE_MS);
    return this.#times.length;
  }
}
