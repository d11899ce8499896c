import type { Change } from '../agents/change.ts';
import type { AgentDigest } from '../agents/digest-schema.ts';
import { deriveStatus } from '../agents/status.ts';
import { CapabilityIndex } from './capability-index.ts';
import type { ListedAgent } from './search/listed-agent.ts';

const listed = (digest: AgentDigest): ListedAgent => ({ ...digest, ...deriveStatus(digest) });

/**
 * Every agent's digest and what it is found by, kept by applying changes. A change counts only if its revision is
 * newer than what is held, tombstones included, so order and repetition do no harm (ARCHITECTURE, "Order").
 */
export class AgentDirectory {
  readonly capabilities = new CapabilityIndex();
  readonly #agents = new Map<string, ListedAgent>();
  /** Revisions of agents that are gone. */
  readonly #tombstones = new Map<string, number>();
  /** Ids in ascending order; `undefined` after an agent came or went. */
  #order: readonly string[] | undefined;

  /** Takes a digest from the list of heads, where there is nothing newer. */
  put(digest: AgentDigest): void {
    if (!this.#isNews(digest)) return;
    if (!this.#agents.has(digest.id)) this.#order = undefined;
    this.#tombstones.delete(digest.id);
    this.#agents.set(digest.id, listed(digest));
    this.capabilities.set(digest.id, digest);
  }

  /** Applies one entry of the change log. Returns whether it was news. */
  apply({ type, digest }: Change): boolean {
    if (!this.#isNews(digest)) return false;
    if (type === 'AgentUnregistered') this.#bury(digest);
    else this.put(digest);
    return true;
  }

  #bury({ id, revision }: AgentDigest): void {
    this.#tombstones.set(id, revision);
    if (this.#agents.delete(id)) this.#order = undefined;
    this.capabilities.delete(id);
  }

  get(id: string): ListedAgent | undefined {
    return this.#agents.get(id);
  }

  /** The newest revision known of an agent, or of its tombstone; `undefined`: nothing is known of it. */
  revisionOf(id: string): number | undefined {
    return this.#agents.get(id)?.revision ?? this.#tombstones.get(id);
  }

  /** All agents in ascending order of their ids. */
  all(): readonly ListedAgent[] {
    this.#order ??= [...this.#agents.keys()].sort();
    return this.#order.map((id) => this.#agents.get(id) as ListedAgent);
  }

  #isNews({ id, revision }: Pick<AgentDigest, 'id' | 'revision'>): boolean {
    return revision > (this.revisionOf(id) ?? 0);
  }
}
