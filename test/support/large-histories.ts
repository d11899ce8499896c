import fc from 'fast-check';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import type { Expression } from '../../lambdas/capability/index/expression.ts';
import { aDigest } from './agents.ts';
import { type Changeable, expressionsOver, type Step } from './index-arbitraries.ts';
import { questionsAbout } from './index-questions.ts';
import { randoms } from './randoms.ts';

/** Capabilities that are there: the first have most agents, and the last one in a few hundred. */
const CAPABILITIES = 900;
/** One agent in so many has many capabilities. */
const AGENTS_PER_EXPERT = 200;

const HEALTHS = ['healthy', 'healthy', 'degraded', 'unhealthy', 'unknown'] as const;

/** What happens to many agents of a large index, in one order. */
export class LargeHistory {
  readonly #random: () => number;
  readonly #agents: number;
  readonly #everyone: readonly Changeable[];

  /**
   * @param agents ids that there are
   * @param everyone told the same
   */
  constructor(seed: number, agents: number, everyone: readonly Changeable[]) {
    this.#random = randoms(seed);
    this.#agents = agents;
    this.#everyone = everyone;
  }

  /** Agents come in any order, or come back, or become others. */
  come(count: number): void {
    this.#each(count, (id) => {
      const digest = this.#digest(id);
      return (index) => index.set(digest);
    });
  }

  go(count: number): void {
    this.#each(count, (id) => (index) => index.delete(id));
  }

  /** Agents flip their health and get another priority; the rest of each stays. */
  flip(count: number): void {
    this.#each(count, (id) => {
      const [health, priority] = [this.#health(), 1 + this.#below(10)];
      return (index) => {
        const before = index.get(id);
        if (before) index.set({ ...before, health, priority, revision: before.revision + 1 });
      };
    });
  }

  /** Agents learn or forget one capability: it becomes frequent, and rare again. */
  turn(count: number, capability: string, has: boolean): void {
    this.#each(count, (id) => (index) => {
      const before = index.get(id);
      if (before === undefined || before.capabilities.includes(capability) === has) return;
      const others = before.capabilities.filter((text) => text !== capability);
      index.set({ ...before, capabilities: has ? [...others, capability] : others });
    });
  }

  work(count: number): void {
    this.#each(count, (id) => {
      const load = this.#below(8) / 7;
      return (index) => index.setLoad(id, load);
    });
  }

  #each(count: number, stepOf: (id: string) => Step): void {
    for (let n = 0; n < count; n += 1) {
      const step = stepOf(idOf(this.#below(this.#agents)));
      for (const index of this.#everyone) step(index);
    }
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #health(): AgentDigest['health'] {
    return HEALTHS[this.#below(HEALTHS.length)] as AgentDigest['health'];
  }

  #digest(id: string): AgentDigest {
    const count = this.#below(AGENTS_PER_EXPERT) === 0 ? 150 : this.#below(16);
    return aDigest({
      id,
      name: `name ${this.#below(9)}`,
      type: `type-${this.#below(3)}`,
      revision: 1 + this.#below(400),
      health: this.#health(),
      priority: 1 + this.#below(10),
      maxConcurrent: this.#below(8),
      // As in Zipf's law, how many have a capability falls with its number.
      capabilities: [
        ...new Set(Array.from({ length: count }, () => `can-${Math.floor(this.#random() ** 3 * CAPABILITIES)}`)),
      ],
      domains: [`domain-${this.#below(40)}`],
      actions: [],
      ...(this.#below(2) === 0 && { description: 'described' }),
      ...(this.#below(3) === 0 && { tools: [`tool-${this.#below(5)}`] }),
    });
  }
}

const idOf = (n: number): string => `agent-${n.toString(36)}`;

const texts = fc.nat(CAPABILITIES).map((n) => `can-${n}`);

const terms: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 6, arbitrary: texts.map((text): Expression => ({ term: ['capability', text] })) },
  fc.nat(40).map((n): Expression => ({ term: ['domain', `domain-${n}`] })),
  fc.constantFrom<Expression[]>(
    { term: ['health', 'healthy'] },
    { term: ['health', 'unknown'] },
    { term: ['type', 'type-1'] },
    { term: ['priority', '10'] },
    { term: ['tool', 'tool-2'] },
    { term: ['inheritsTools', 'yes'] },
  ),
);

/** Questions that make sense after a history of so many agents. */
export function questionsOfMany(agents: number) {
  const ids = fc.nat(agents).map(idOf);
  return questionsAbout({
    texts,
    expressions: expressionsOver(terms, ids),
    spans: fc.record(
      { after: ids, offset: fc.nat(50), limit: fc.integer({ min: 1, max: 60 }) },
      { requiredKeys: ['limit'] },
    ),
  });
}

/** Two or three capabilities that are as frequent as one can be that is still kept as a list. */
export const meetings = fc
  .uniqueArray(fc.integer({ min: 120, max: 350 }), { minLength: 2, maxLength: 3 })
  .map((numbers) => numbers.map((n) => `can-${n}`));
