import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import type { IndexStats, SearchQuery } from '../../lambdas/capability/index/capability-index.ts';
import { type Expression, type Kind, termsOf } from '../../lambdas/capability/index/expression.ts';
import type { Rank, RankOrder } from '../../lambdas/capability/index/ranking.ts';

type Term = readonly [kind: Kind, text: string];

const ofKind = (kind: Kind, texts: readonly string[] = []): Term[] => texts.map((text) => [kind, text]);

/** Everything that an agent is found by. */
const termsOfDigest = (digest: AgentDigest): readonly Term[] => [
  ...ofKind('capability', digest.capabilities),
  ...ofKind('domain', digest.domains),
  ...ofKind('action', digest.actions),
  ...ofKind('tool', digest.tools),
  ['type', digest.type],
  ['priority', String(digest.priority)],
  ['health', digest.health],
  ['operatorMode', digest.operatorMode],
  ...ofKind('inheritsTools', digest.tools ? [] : ['yes']),
];

const NOBODY: ReadonlySet<string> = new Set();

/** By hand: `Set.prototype.union` copies anew for each set, and takes twice as long. */
const union = ([first = NOBODY, ...others]: readonly ReadonlySet<string>[]): ReadonlySet<string> => {
  const found = new Set(first);
  for (const other of others) for (const id of other) found.add(id);
  return found;
};

const intersection = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => {
  const [smallest = NOBODY, ...others] = sets.toSorted((a, b) => a.size - b.size);
  return others.reduce((found, other) => found.intersection(other), smallest);
};

const sizes = (postings: ReadonlyMap<string, ReadonlySet<string>>): Record<string, number> =>
  Object.fromEntries([...postings].map(([term, agents]) => [term, agents.size]));

const byId = (a: Rank, b: Rank): number => (a.id < b.id ? -1 : Number(a.id > b.id));

const COMPARE: Readonly<Record<RankOrder, (a: Rank, b: Rank) => number>> = {
  priority: (a, b) => b.priority - a.priority || a.load - b.load || byId(a, b),
  load: (a, b) => a.load - b.load || b.priority - a.priority || byId(a, b),
};

/**
 * The index as one would write it first: `Map`s of `Set`s of ids, nothing remembered. It says what is right, for the
 * property tests of `CapabilityIndex`, and what is usual, for the benchmark.
 */
export class NaiveIndex {
  readonly #digests = new Map<string, AgentDigest>();
  readonly #loads = new Map<string, number>();
  readonly #agents = new Map<Kind, Map<string, Set<string>>>();
  #version = 0;

  get size(): number {
    return this.#digests.size;
  }

  get version(): number {
    return this.#version;
  }

  /** Adds an agent, or puts its digest in the place of the one before; its load stays. */
  set(digest: AgentDigest): void {
    this.#unlist(digest.id);
    this.#version += 1;
    this.#digests.set(digest.id, digest);
    for (const [kind, text] of termsOfDigest(digest)) {
      const postings = this.#postings(kind);
      const agents = postings.get(text);
      if (agents) agents.add(digest.id);
      else postings.set(text, new Set([digest.id]));
    }
  }

  /** Takes an agent out, its load with it. Returns whether it was there. */
  delete(agentId: string): boolean {
    if (!this.#digests.has(agentId)) return false;
    this.#unlist(agentId);
    this.#version += 1;
    this.#loads.delete(agentId);
    return this.#digests.delete(agentId);
  }

  /** Sets the load of an agent, in single precision as it is kept everywhere; one that is not here has none. */
  setLoad(agentId: string, load: number): void {
    if (!this.#digests.has(agentId)) return;
    this.#version += 1;
    this.#loads.set(agentId, Math.fround(load));
  }

  get(agentId: string): AgentDigest | undefined {
    return this.#digests.get(agentId);
  }

  revisionOf(agentId: string): number | undefined {
    return this.get(agentId)?.revision;
  }

  findByCapability(capability: string): string[] {
    return this.ids({ term: ['capability', capability] });
  }

  findByCapabilities(capabilities: readonly string[]): string[] {
    return this.search({ capabilities, mode: 'all' });
  }

  findByDomain(domain: string): string[] {
    return this.ids({ term: ['domain', domain] });
  }

  findByAction(action: string): string[] {
    return this.ids({ term: ['action', action] });
  }

  getCapabilities(agentId: string): string[] {
    return [...(this.get(agentId)?.capabilities ?? [])];
  }

  search({ capabilities, domains, actions, mode }: SearchQuery): string[] {
    const wanted = [
      ...termsOf('capability', capabilities),
      ...termsOf('domain', domains),
      ...termsOf('action', actions),
    ];
    if (wanted.length === 0) return [];
    return this.ids(mode === 'all' ? { all: wanted } : { any: wanted });
  }

  getStats(): IndexStats {
    const [capabilities, actions] = [this.#postings('capability'), this.#postings('action')];
    return {
      totalAgents: this.size,
      totalCapabilities: capabilities.size,
      totalActions: actions.size,
      totalDomains: this.#postings('domain').size,
      capabilityDistribution: sizes(capabilities),
      actionDistribution: sizes(actions),
    };
  }

  count(expression: Expression): number {
    return this.#find(expression).size;
  }

  /** Ids of those that match, ascending. */
  ids(expression: Expression): string[] {
    return [...this.#find(expression)].sort();
  }

  /** Those behind `after` in the order of ids, without the first `offset` of them, and how many match at all. */
  page(
    expression: Expression,
    { after, offset = 0, limit }: { after?: string; offset?: number; limit: number },
  ): { ids: string[]; total: number } {
    const all = this.ids(expression);
    const behind = after === undefined ? all : all.filter((id) => id > after);
    return { ids: behind.slice(offset, offset + limit), total: all.length };
  }

  /** The best of those that match: by what `order` names, then by the other, then by id; `after`: only those behind. */
  top(
    expression: Expression,
    { order, limit, after }: { order: RankOrder; limit: number; after?: Rank | undefined },
  ): Rank[] {
    const compare = COMPARE[order];
    return [...this.#find(expression)]
      .map((id) => ({ id, priority: this.#digests.get(id)?.priority ?? 0, load: this.#loads.get(id) ?? 0 }))
      .filter((rank) => after === undefined || compare(rank, after) > 0)
      .sort(compare)
      .slice(0, limit);
  }

  /** How many of those that match have each term of a kind; terms that none of them has are not there. */
  facet(expression: Expression, kind: Kind): ReadonlyMap<string, number> {
    const matching = this.#find(expression);
    const counts = [...this.#postings(kind)].map(
      ([text, agents]) => [text, agents.intersection(matching).size] as const,
    );
    return new Map(counts.filter(([, count]) => count > 0));
  }

  /** Terms of a kind that somebody has, ascending. */
  terms(kind: Kind, prefix = ''): string[] {
    return [...this.#postings(kind).keys()].filter((text) => text.startsWith(prefix)).sort();
  }

  #find(expression: Expression): ReadonlySet<string> {
    if ('term' in expression) return this.#postings(expression.term[0]).get(expression.term[1]) ?? NOBODY;
    if ('any' in expression) return union(expression.any.map((part) => this.#find(part)));
    if ('agents' in expression) return new Set(expression.agents.filter((id) => this.#digests.has(id)));
    if (expression.all.length === 0) return new Set(this.#digests.keys());
    return intersection(expression.all.map((part) => this.#find(part)));
  }

  #postings(kind: Kind): Map<string, Set<string>> {
    const known = this.#agents.get(kind);
    if (known) return known;
    const postings = new Map<string, Set<string>>();
    this.#agents.set(kind, postings);
    return postings;
  }

  #unlist(agentId: string): void {
    const digest = this.#digests.get(agentId);
    if (digest === undefined) return;
    for (const [kind, text] of termsOfDigest(digest)) {
      const agents = this.#postings(kind).get(text);
      agents?.delete(agentId);
      if (agents?.size === 0) this.#postings(kind).delete(text);
    }
  }
}
