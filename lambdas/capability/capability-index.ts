/** What an agent is found by. */
export interface Searchable {
  readonly capabilities: readonly string[];
  readonly domains: readonly string[];
  readonly actions: readonly string[];
}

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

const DIMENSIONS = ['capabilities', 'domains', 'actions'] as const;
type Dimension = (typeof DIMENSIONS)[number];
type Postings = Map<string, Set<string>>;

const NOBODY: ReadonlySet<string> = new Set();

const intersection = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => {
  const [smallest = NOBODY, ...others] = [...sets].sort((a, b) => a.size - b.size);
  return others.reduce((found, other) => found.intersection(other), smallest);
};

const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  sets.reduce((found, other) => found.union(other), NOBODY);

const sizes = (postings: Postings): Record<string, number> =>
  Object.fromEntries([...postings].map(([term, agents]) => [term, agents.size]));

/**
 * Agents by what they can do: the four bidirectional indices of the second specification ("Capability Index"), each a
 * `Map` of `Set`s. Every look-up by one term is O(1); results are agent ids in ascending order.
 */
export class CapabilityIndex {
  /** capability → agents, domain → agents, action → agents. */
  readonly #agents: Readonly<Record<Dimension, Postings>> = {
    capabilities: new Map(),
    domains: new Map(),
    actions: new Map(),
  };
  /** agent → what it can do. */
  readonly #searchables = new Map<string, Searchable>();

  /** Adds an agent, or puts what it can do now in the place of what it could do before. */
  set(agentId: string, searchable: Searchable): void {
    this.delete(agentId);
    this.#searchables.set(agentId, searchable);
    this.#eachPosting(searchable, (postings, term) => {
      const agents = postings.get(term);
      if (agents) agents.add(agentId);
      else postings.set(term, new Set([agentId]));
    });
  }

  /** Takes an agent out; terms that nobody has any more go with it. */
  delete(agentId: string): void {
    const searchable = this.#searchables.get(agentId);
    if (searchable === undefined) return;
    this.#searchables.delete(agentId);
    this.#eachPosting(searchable, (postings, term) => {
      const agents = postings.get(term);
      agents?.delete(agentId);
      if (agents?.size === 0) postings.delete(term);
    });
  }

  /** Agents with a capability, core or enhancement. */
  findByCapability(capability: string): string[] {
    return this.#sorted(this.#having('capabilities', capability));
  }

  /** Agents with ALL of these capabilities; no capabilities: no agents. */
  findByCapabilities(capabilities: readonly string[]): string[] {
    return this.search({ capabilities, mode: 'all' });
  }

  findByDomain(domain: string): string[] {
    return this.#sorted(this.#having('domains', domain));
  }

  findByAction(action: string): string[] {
    return this.#sorted(this.#having('actions', action));
  }

  /** What an agent can do, core first; empty for one that is not here. */
  getCapabilities(agentId: string): string[] {
    return [...(this.#searchables.get(agentId)?.capabilities ?? [])];
  }

  /** Agents that the lists describe; nothing listed: no agents. */
  search(query: SearchQuery): string[] {
    const wanted = DIMENSIONS.flatMap((dimension) =>
      (query[dimension] ?? []).map((term) => this.#having(dimension, term)),
    );
    return this.#sorted(query.mode === 'all' ? intersection(wanted) : union(wanted));
  }

  getStats(): IndexStats {
    const { capabilities, actions, domains } = this.#agents;
    return {
      totalAgents: this.#searchables.size,
      totalCapabilities: capabilities.size,
      totalActions: actions.size,
      totalDomains: domains.size,
      capabilityDistribution: sizes(capabilities),
      actionDistribution: sizes(actions),
    };
  }

  #having(dimension: Dimension, term: string): ReadonlySet<string> {
    return this.#agents[dimension].get(term) ?? NOBODY;
  }

  #eachPosting(searchable: Searchable, visit: (postings: Postings, term: string) => void): void {
    for (const dimension of DIMENSIONS) {
      for (const term of searchable[dimension]) visit(this.#agents[dimension], term);
    }
  }

  #sorted(agents: ReadonlySet<string>): string[] {
    return [...agents].sort();
  }
}
