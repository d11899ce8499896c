import { STATUSES } from '../../agents/status.ts';
import type { CapabilityIndex } from '../index/capability-index.ts';
import type { Expression, Kind } from '../index/expression.ts';
import { withStatus } from './filter-expressions.ts';

/** The part of an index that counts. */
type Counts = Pick<CapabilityIndex, 'count' | 'facet'>;

type Facet = (index: Counts, found: Expression) => Iterable<readonly [value: string, count: number]>;

const ofKind =
  (kind: Kind): Facet =>
  (index, found) =>
    index.facet(found, kind);

const FACETS = {
  capabilities: ofKind('capability'),
  domains: ofKind('domain'),
  actions: ofKind('action'),
  tools: ofKind('tool'),
  type: ofKind('type'),
  priority: ofKind('priority'),
  health: ofKind('health'),
  operatorMode: ofKind('operatorMode'),
  status: (index, found) => STATUSES.map((status) => [status, index.count({ all: [found, withStatus(status)] })]),
} as const satisfies Readonly<Record<string, Facet>>;

/** What can be counted among the agents that a search finds. */
export const FACET_NAMES = Object.keys(FACETS) as (keyof typeof FACETS)[];
export type FacetName = keyof typeof FACETS;

/** Values of one facet at most: 2,000 actions are no choice that anybody makes. */
export const MAX_VALUES = 100;

/** Counts of the facets that were asked for. */
export type FacetCounts = {
  readonly [name in FacetName]?: readonly { readonly value: string; readonly count: number }[];
};

function topValues(facet: Facet, index: Counts, found: Expression): FacetCounts[FacetName] {
  const counts = Array.from(facet(index, found), ([value, count]) => ({ value, count })).filter(
    ({ count }) => count > 0,
  );
  return counts.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, MAX_VALUES);
}

/** Counts what all agents have that an expression finds: the most frequent first, then by value. */
export const countFacets = (index: Counts, found: Expression, names: readonly FacetName[]): FacetCounts =>
  Object.fromEntries(names.map((name) => [name, topValues(FACETS[name], index, found)]));
