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
  /** The last place seen, in the same order. */
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

interface Scored extends Place {
  readonly score: number;
}

const better = (a: Scored, b: Scored): number => b.score - a.score || (a.id < b.id ? -1 : Number(a.id > b.id));

const byRelevance: Walk = (index, { found, after, limit, hits }) => {
  const all = index.ids(found).map((id): Scored => ({ id, score: hits.get(id)?.score ?? 0 }));
  const behind = after === undefined ? all : all.filter((place) => better(place, after as Scored) > 0);
  return { places: behind.sort(better).slice(0, limit), total: all.length };
};

/**
 * Orders of a search's answer. A cursor names the last place seen and no number of agents, so a walk meets everybody
 * once who stays where he is, whoever else comes, changes and goes.
 */
const WALKS = { id: byId, priority: byRank('priority'), load: byRank('load'), relevance: byRelevance } as const;

export type Sort = keyof typeof WALKS;
export const SORTS = Object.keys(WALKS) as Sort[];

/** The next places of a walk in an order. */
export const walk = (index: Walkable, sort: Sort, span: Span): Stretch => WALKS[sort](index, span);
