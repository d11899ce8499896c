import { withSets } from './evaluate.ts';
import type { Expression } from './expression.ts';
import type { IndexCore } from './index-core.ts';

/** Where an agent stands among others. */
export interface Rank {
  readonly id: string;
  /** 1 to 10, higher matters more. */
  readonly priority: number;
  /** Running tasks as a share of what it may run. */
  readonly load: number;
}

/** What matters first: then the other of the two, then the id. */
export type RankOrder = 'priority' | 'load';

const byLoad = (a: Rank, b: Rank): number => a.load - b.load || (a.id < b.id ? -1 : Number(a.id > b.id));

const COMPARE: Readonly<Record<RankOrder, (a: Rank, b: Rank) => number>> = {
  priority: (a, b) => b.priority - a.priority || byLoad(a, b),
  load: (a, b) => a.load - b.load || b.priority - a.priority || byLoad(a, b),
};

/** The best few of many, kept in order while they are looked at one by one. */
class Best {
  readonly ranks: Rank[] = [];
  readonly #limit: number;
  readonly #compare: (a: Rank, b: Rank) => number;

  constructor(limit: number, order: RankOrder) {
    this.#limit = limit;
    this.#compare = COMPARE[order];
  }

  get isFull(): boolean {
    return this.ranks.length === this.#limit;
  }

  /** Nobody with a higher load comes in any more. */
  get highestLoad(): number {
    return this.isFull ? (this.ranks.at(-1) as Rank).load : Number.POSITIVE_INFINITY;
  }

  offer(rank: Rank): void {
    const { ranks } = this;
    if (this.isFull && this.#compare(rank, ranks.at(-1) as Rank) >= 0) return;
    let place = ranks.length;
    while (place > 0 && this.#compare(rank, ranks[place - 1] as Rank) < 0) place -= 1;
    ranks.splice(place, 0, rank);
    if (ranks.length > this.#limit) ranks.pop();
  }
}

/** Offers those of one priority, the first `count` of `slots`; reading the load alone refuses most. */
function offerLevel(
  { columns, slots: agents }: IndexCore,
  { slots, count, priority }: { slots: Uint32Array; count: number; priority: number },
  best: Best,
  isBehind: (rank: Rank) => boolean,
): void {
  const { loads } = columns;
  let bound = best.highestLoad;
  for (let n = 0; n < count; n += 1) {
    const slot = slots[n] as number;
    const load = loads[slot] as number;
    // Sorted slots come in the order of ids: of equal load, whoever came first stays.
    if (load > bound || (load === bound && slot < agents.sorted)) continue;
    const rank = { id: agents.idAt(slot), priority, load };
    if (!isBehind(rank)) continue;
    best.offer(rank);
    bound = best.highestLoad;
  }
}

/**
 * The best of those whom an expression finds.
 *
 * @param after the rank of the last one seen: only who comes behind is looked at
 */
export function rank(
  core: IndexCore,
  found: Expression,
  { order, limit, after }: { order: RankOrder; limit: number; after?: Rank | undefined },
): Rank[] {
  const best = new Best(limit, order);
  const isBehind = (rank: Rank): boolean => after === undefined || COMPARE[order](rank, after) > 0;
  const highest = order === 'priority' && after ? Math.min(after.priority, 10) : 10;
  withSets(core, found, (sets) => {
    for (let priority = highest; priority >= 1; priority -= 1) {
      if (order === 'priority' && best.isFull) break;
      const level = core.posting('priority', String(priority));
      if (level === undefined) continue;
      core.sets.read([...sets, core.sets.of(level)], (slots, count) =>
        offerLevel(core, { slots, count, priority }, best, isBehind),
      );
    }
  });
  return best.ranks;
}
