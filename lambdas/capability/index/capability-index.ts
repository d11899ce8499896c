import type { AgentDigest } from '../../agents/digest-schema.ts';
import { capabilitiesOf, digestOfSlot } from './digest-of-slot.ts';
import { addTerms, withSets } from './evaluate.ts';
import type { Expression, Kind } from './expression.ts';
import { facet } from './facet.ts';
import { foldedParts, isUnfolded } from './fold.ts';
import { IndexCore, type IndexParts } from './index-core.ts';
import { orderedIds, type PageSpan, pageOfIds } from './ordered-ids.ts';
import { type Rank, type RankOrder, rank } from './ranking.ts';
import type { SlotSet } from './slot-set.ts';

/** A search over several lists at once (second specification, "Query Operations"). */
export interface SearchQuery {
  readonly capabilities?: readonly string[] | undefined;
  readonly domains?: readonly string[] | undefined;
  readonly actions?: readonly string[] | undefined;
  /** `all`: agents that have everything that is listed; `any`: agents that have at least one of it. */
  readonly mode: 'all' | 'any';
}

/** How much there is of what. */
export interface IndexStats {
  readonly totalAgents: number;
  readonly totalCapabilities: number;
  readonly totalActions: number;
  readonly totalDomains: number;
  /** Agents by capability. */
  readonly capabilityDistribution: Readonly<Record<string, number>>;
  /** Agents by action. */
  readonly actionDistribution: Readonly<Record<string, number>>;
}

/**
 * Agents by what they can do (second specification, "Capability Index"): capability → agents, domain → agents, action →
 * agents and agent → capabilities, and the same for tools, type, priority, health and operator mode. Integer slots and
 * sets of bits stand where the specification has `Map<string, Set<string>>`; a look-up by one term stays O(1).
 *
 * Ids come in ascending order. What `findBy…` answers is kept and shared until it changes: copy before you change it.
 */
export class CapabilityIndex {
  #core: IndexCore;
  /** Answers of `findBy…` by the number of their term. */
  #memo: (readonly string[] | undefined)[] = [];
  /** Ids in all of them. */
  #memoised = 0;
  #version = 0;
  readonly #forget = (term: number): void => {
    this.#memoised -= this.#memo[term]?.length ?? 0;
    this.#memo[term] = undefined;
  };

  /** @param parts what a snapshot holds. @default - nobody */
  constructor(parts?: IndexParts) {
    this.#core = new IndexCore(parts);
  }

  get size(): number {
    return this.#core.slots.size;
  }

  /** Grows with every change: answers of the same version are the same. */
  get version(): number {
    return this.#version;
  }

  /** Adds an agent, or puts what it is now in the place of what it was. */
  set(digest: AgentDigest): void {
    this.#version += 1;
    this.#core.set(digest, this.#forget);
  }

  /** Takes an agent out. Returns whether it was there. */
  delete(agentId: string): boolean {
    const was = this.#core.delete(agentId, this.#forget);
    if (was) this.#version += 1;
    return was;
  }

  /** The digest of an agent as it was put in, but for its monitoring: nobody is found by that. */
  get(agentId: string): AgentDigest | undefined {
    const slot = this.#core.slots.find(agentId);
    return slot === undefined ? undefined : digestOfSlot(this.#core, slot);
  }

  revisionOf(agentId: string): number | undefined {
    const slot = this.#core.slots.find(agentId);
    return slot === undefined ? undefined : this.#core.columns.revision(slot);
  }

  /**
   * Tells how busy an agent is; one that is not here is passed over.
   *
   * @param load running tasks as a share of what it may run; 0 is idle
   * @throws RangeError when it is no finite number or below 0
   */
  setLoad(agentId: string, load: number): void {
    if (!(load >= 0 && Number.isFinite(load))) throw new RangeError('load must be a finite number from 0 up');
    const slot = this.#core.slots.find(agentId);
    if (slot === undefined) return;
    this.#version += 1;
    this.#core.columns.setLoad(slot, load);
  }

  /** Agents with a capability, core or enhancement. */
  findByCapability(capability: string): readonly string[] {
    return this.#having('capability', capability);
  }

  /** Agents with ALL of these capabilities; no capabilities: no agents. */
  findByCapabilities(capabilities: readonly string[]): readonly string[] {
    return this.search({ capabilities, mode: 'all' });
  }

  findByDomain(domain: string): readonly string[] {
    return this.#having('domain', domain);
  }

  findByAction(action: string): readonly string[] {
    return this.#having('action', action);
  }

  /** What an agent can do, core first; empty for one that is not here. */
  getCapabilities(agentId: string): string[] {
    const slot = this.#core.slots.find(agentId);
    return slot === undefined ? [] : capabilitiesOf(this.#core, slot);
  }

  /** Agents that the lists describe; nothing listed: no agents. */
  search({ capabilities, domains, actions, mode }: SearchQuery): readonly string[] {
    const core = this.#settled();
    const wanted: SlotSet[] = [];
    addTerms(core, 'capability', capabilities, wanted);
    addTerms(core, 'domain', domains, wanted);
    addTerms(core, 'action', actions, wanted);
    if (wanted.length === 0) return [];
    if (mode === 'all') return this.#orderedIds(wanted);
    const united = core.sets.unite(wanted);
    const ids = this.#orderedIds([united]);
    core.sets.release(united);
    return ids;
  }

  /** Agents that an expression finds. */
  ids(expression: Expression): string[] {
    return withSets(this.#settled(), expression, (sets) => this.#orderedIds(sets));
  }

  /** How many an expression finds, without finding out who. */
  count(expression: Expression): number {
    const core = this.#settled();
    return withSets(core, expression, (sets) => core.sets.countOf(sets));
  }

  /** Some of those whom an expression finds, in the order of ids: at most `limit`, after `after`, from the `offset`th on. */
  page(expression: Expression, span: PageSpan): { ids: string[]; total: number } {
    const core = this.#settled();
    return withSets(core, expression, (sets) => pageOfIds(core.sets, sets, core.slots, span));
  }

  /** The best of those whom an expression finds; `after`: only who comes behind. */
  top(expression: Expression, span: { order: RankOrder; limit: number; after?: Rank | undefined }): Rank[] {
    return rank(this.#settled(), expression, span);
  }

  /** How often each term of a kind is met among those whom an expression finds. */
  facet(expression: Expression, kind: Kind): ReadonlyMap<string, number> {
    return facet(this.#settled(), expression, kind);
  }

  /** Terms of a kind that somebody has, those that begin so, in ascending order. */
  terms(kind: Kind, prefix = ''): string[] {
    const { terms, postings } = this.#settled();
    const found: string[] = [];
    for (const [text, term] of terms.of(kind)) {
      if (text.startsWith(prefix) && postings.sizeOf(term) > 0) found.push(text);
    }
    return found.sort();
  }

  getStats(): IndexStats {
    const [capabilities, domains, actions] = (['capability', 'domain', 'action'] as const).map((kind) =>
      this.#sizes(kind),
    );
    return {
      totalAgents: this.size,
      totalCapabilities: capabilities?.length ?? 0,
      totalActions: actions?.length ?? 0,
      totalDomains: domains?.length ?? 0,
      capabilityDistribution: Object.fromEntries(capabilities ?? []),
      actionDistribution: Object.fromEntries(actions ?? []),
    };
  }

  /** This index in order, to be kept as a snapshot. */
  parts(): IndexParts {
    return foldedParts(this.#core);
  }

  /** The data, in an order in which it can be answered from. */
  #settled(): IndexCore {
    if (isUnfolded(this.#core)) this.#fold();
    return this.#core;
  }

  #fold(): void {
    this.#core = new IndexCore(foldedParts(this.#core));
    // Frequent terms take their rows now, and leave the lists that are eight times as large.
    this.#core.postings.settle();
    this.#forgetAll();
  }

  #forgetAll(): void {
    this.#memo = [];
    this.#memoised = 0;
  }

  #orderedIds(sets: readonly SlotSet[]): string[] {
    const { sets: algebra, slots: agents } = this.#core;
    return algebra.read(sets, (slots, count) => orderedIds(slots, count, agents));
  }

  /** Agents that have one term, from memory where nothing changed. */
  #having(kind: Kind, text: string): readonly string[] {
    const term = this.#core.terms.find(kind, text);
    if (term === undefined) return [];
    return this.#memo[term] ?? this.#remember({ term: [kind, text] });
  }

  #remember(expression: { readonly term: readonly [Kind, string] }): readonly string[] {
    const ids = this.ids(expression);
    // Folding gives terms new numbers.
    const term = this.#core.terms.find(...expression.term);
    if (term === undefined) return ids;
    // As much memory as eight terms an agent take; then memory begins anew.
    if (this.#memoised > 8 * this.size + 100_000) this.#forgetAll();
    this.#memo[term] = ids;
    this.#memoised += ids.length;
    return ids;
  }

  #sizes(kind: Kind): [text: string, agents: number][] {
    const { terms, postings } = this.#settled();
    return [...terms.of(kind)]
      .map(([text, term]): [string, number] => [text, postings.sizeOf(term)])
      .filter(([, agents]) => agents > 0);
  }
}
