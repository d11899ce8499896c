import type { Change } from '../agents/change.ts';
import type { AgentDigest } from '../agents/digest-schema.ts';
import { deriveStatus } from '../agents/status.ts';
import { CapabilityIndex } from './index/capability-index.ts';
import type { ListedAgent } from './search/listed-agent.ts';
import { RenderedAnswers } from './search/rendered-answers.ts';
import { TextSearch } from './search/text-search.ts';

/**
 * Every agent's digest and what it is found by, kept by applying changes. A change counts only if its revision is
 * newer than what is held, tombstones included, so order and repetition do no harm (ARCHITECTURE, "Order").
 */
export class AgentDirectory {
  readonly index: CapabilityIndex;
  /** Agents by the words of their name and description. */
  readonly text: TextSearch;
  /** What was answered from this directory as it is now. */
  readonly answers: RenderedAnswers;
  /** Revisions of agents that are gone. */
  readonly #tombstones = new Map<string, number>();

  /** @param index who is known already; it is this object's from now on. @default - nobody */
  constructor(index = new CapabilityIndex()) {
    this.index = index;
    this.text = new TextSearch(index);
    this.answers = new RenderedAnswers(() => index.version);
  }

  /** Takes a digest from the list of heads, where there is nothing newer. */
  put(digest: AgentDigest): void {
    if (!this.#isNews(digest)) return;
    this.#tombstones.delete(digest.id);
    this.index.set(digest);
    this.text.put(digest);
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
    this.index.delete(id);
    this.text.delete(id);
  }

  /** An agent as callers see it. */
  get(id: string): ListedAgent | undefined {
    const digest = this.index.get(id);
    return digest && { ...digest, ...deriveStatus(digest) };
  }

  /** Agents as callers see them, in the order of these ids; one that is not here is left out. */
  listed(ids: readonly string[]): ListedAgent[] {
    return ids.flatMap((id) => this.get(id) ?? []);
  }

  /** The newest revision known of an agent, or of its tombstone; `undefined`: nothing is known of it. */
  revisionOf(id: string): number | undefined {
    return this.index.revisionOf(id) ?? this.#tombstones.get(id);
  }

  /** All agents in ascending order of their ids. */
  all(): readonly ListedAgent[] {
    return this.listed(this.index.ids({ all: [] }));
  }

  #isNews({ id, revision }: Pick<AgentDigest, 'id' | 'revision'>): boolean {
    return revision > (this.revisionOf(id) ?? 0);
  }
}
