import type { Place } from '../../shared/http/cursor.ts';
import type { CapabilityIndex } from '../index/capability-index.ts';
import type { Expression } from '../index/expression.ts';
import type { Rank, RankOrder } from '../index/ranking.ts';
import type { TextHit } from './text-search.ts';

/** The part of an index that walks over what it found. */
type Walkable = Pick<CapabilityIndex, 'page' | 'top' | 'ids' | 'count'>;

/** What is walked over, and from where on. */
export interface Span {
  readonly found: Expression;
  /** The last place seen, one of this order ({@link isPlaceOf}). */
  readonly after: Place | undefined;
  readonly limit: number;
  /** What the text search found, where there was a text. */
  readonly hits: ReadonlyMap<string, TextHit>;
}

/** A part of a walk: places in their order, and how many there are in all. */
interface Stretch {
  readonly places: readonly Place[];
  readonly total: number;
}

type Walk = (index: Walkable, span: Span) => Stretch;

const byId: Walk = (index, { found, after, limit }) => {
  const { ids, total } = index.page(found, { after: after?.id, limit });
  return { places: ids.map((id) => ({ id })), total };
};

const byRank =
  (order: RankOrder): Walk =>
  (index, { found, after, limit }) => ({
    places: index.top(found, { order, limit, after: after as Rank | undefined }),
    total: index.count(found),
  });

/** A place among the best. Scores are no places: whoever comes or goes changes everybody's a little. */
interface Standing extends Place {
  /** How many are better. */
  readonly n: number;
}

const byRelevance: Walk = (index, { found, after, limit, hits }) => {
  const scoreOf = (id: string): number => hits.get(id)?.score ?? 0;
  // Ids come in ascending order, and a sort leaves equals as they are.
  const ranked = index.ids(found).sort((a, b) => scoreOf(b) - scoreOf(a));
  const last = after === undefined ? -1 : ranked.indexOf(after.id);
  // Where the last one has gone, the next one stands in its place now.
  const start = after !== undefined && last < 0 ? (after as Standing).n : last + 1;
  const places = ranked.slice(start, start + limit).map((id, n): Standing => ({ id, n: start + n }));
  return { places, total: ranked.length };
};

const isRank = (place: Place): boolean => {
  const { priority, load } = place as Partial<Rank>;
  const isPriority = Number.isInteger(priority) && Number(priority) >= 1 && Number(priority) <= 10;
  return isPriority && Number.isFinite(load) && Number(load) >= 0;
};

const isStanding = (place: Place): boolean => {
  const { n } = place as Partial<Standing>;
  return Number.isSafeInteger(n) && Number(n) >= 0;
};

interface Order {
  readonly walk: Walk;
  /** Whether a place has what the order goes by. */
  readonly isPlace: (place: Place) => boolean;
}

/**
 * Orders of a search's answer. A cursor names the last place seen, so a walk by id, priority or load meets everybody
 * once who stays where he is, whoever else comes, changes and goes. One by relevance goes on behind the last agent seen:
 * it misses or repeats those alone who pass that agent meanwhile, or took a place before it and went together with it.
 */
const ORDERS = {
  id: { walk: byId, isPlace: () => true },
  priority: { walk: byRank('priority'), isPlace: isRank },
  load: { walk: byRank('load'), isPlace: isRank },
  relevance: { walk: byRelevance, isPlace: isStanding },
} as const satisfies Readonly<Record<string, Order>>;

export type Sort = keyof typeof ORDERS;
export const SORTS = Object.keys(ORDERS) as Sort[];

/** The next places of a walk in an order. */
export const walk = (index: Walkable, sort: Sort, span: Span): Stretch => ORDERS[sort].walk(index, span);

/** Tells the places of an order from others. */
export const isPlaceOf = (sort: Sort): ((place: Place) => boolean) => ORDERS[sort].isPlace;
