import type { Change } from '../agents/change.ts';
import type { AgentDigest } from '../agents/digest-schema.ts';
import type { Health } from '../agents/status.ts';

/** What the monitor must know of every agent. */
export interface WatchedAgent {
  readonly health: Health;
  /** What it declares to be watched by. */
  readonly declared: NonNullable<AgentDigest['monitoring']>;
}

interface Known {
  readonly revision: number;
  /** `undefined`: it is gone. */
  readonly agent: WatchedAgent | undefined;
}

const NOTHING_DECLARED: WatchedAgent['declared'] = {};

/**
 * All agents as the monitor sees them. A change counts only if its revision is newer than what is held, tombstones
 * included (ARCHITECTURE, "Order").
 */
export class Fleet {
  readonly #known = new Map<string, Known>();

  /** Takes an agent from the list of heads, where there is nothing newer. */
  put({ id, revision, health, monitoring = NOTHING_DECLARED }: AgentDigest): void {
    if (this.#isNews(id, revision)) this.#known.set(id, { revision, agent: { health, declared: monitoring } });
  }

  /** Applies one entry of the change log. Returns whether it was news. */
  apply({ type, digest }: Change): boolean {
    const { id, revision } = digest;
    if (!this.#isNews(id, revision)) return false;
    if (type === 'AgentUnregistered') this.#known.set(id, { revision, agent: undefined });
    else this.put(digest);
    return true;
  }

  get(id: string): WatchedAgent | undefined {
    return this.#known.get(id)?.agent;
  }

  /** All living agents with their ids. */
  *agents(): Generator<readonly [id: string, agent: WatchedAgent]> {
    for (const [id, { agent }] of this.#known) if (agent) yield [id, agent];
  }

  #isNews(id: string, revision: number): boolean {
    return revision > (this.#known.get(id)?.revision ?? 0);
  }
}
