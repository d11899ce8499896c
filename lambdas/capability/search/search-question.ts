import { ValidationError } from '../../shared/errors.ts';
import { decodeCursor, type Place } from '../../shared/http/cursor.ts';
import { toValidator } from '../../shared/validator.ts';
import { type Expression, termsOf } from '../index/expression.ts';
import {
  healthyOnes,
  type KnownTerms,
  SEARCH_FILTERS,
  type SearchFilter,
  withPriorityFrom,
  withStatus,
  withTool,
} from './filter-expressions.ts';
import { isPlaceOf, type Sort } from './search-order.ts';
import { searchRequest } from './search-request.generated.ts';
import type { SearchRequest } from './search-schema.ts';
import type { TextHit } from './text-search.ts';

const validate = toValidator<SearchRequest>(searchRequest);

type Lists = 'capabilities' | 'domains' | 'actions' | 'tools';
type Defaulted = Lists | 'mode' | 'healthyOnly' | 'sort' | 'limit' | 'facets' | 'explain';

/** A search with everything said that a request may leave out. */
type WholeSearch = Omit<SearchRequest, Defaulted> & Required<Pick<SearchRequest, Defaulted>>;

/** What a search asks: all that its answer depends on, but for the agents. */
export interface SearchQuestion extends Omit<WholeSearch, 'cursor'> {
  /** The last place of the page before. Default: this is the first page */
  readonly after?: Place;
}

/** Agents on a page; fewer where they are too large to be sent together (`upToBytes`). */
const LIMIT = 500;

const LISTS: readonly Lists[] = ['capabilities', 'domains', 'actions', 'tools'];

/** Filters that a question has: whoever is found passes them all. */
export const filtersOf = (question: WholeSearch): SearchFilter[] =>
  SEARCH_FILTERS.filter((name) => question[name] !== undefined && question[name] !== false);

/** Whether a question narrows who is found. */
const asksSomething = (question: WholeSearch): boolean =>
  LISTS.some((list) => question[list].length > 0) || question.q !== undefined || filtersOf(question).length > 0;

/**
 * Reads the body of a search.
 *
 * @throws ValidationError when it is no {@link SearchRequest}, asks for nothing, for relevance without a text, or has
 * another question's cursor
 */
export function parseSearch(body: unknown): SearchQuestion {
  const { cursor, ...request } = validate(body);
  const question: WholeSearch = {
    ...request,
    capabilities: request.capabilities ?? [],
    domains: request.domains ?? [],
    actions: request.actions ?? [],
    tools: request.tools ?? [],
    mode: request.mode ?? 'all',
    healthyOnly: request.healthyOnly ?? false,
    sort: request.sort ?? (request.q === undefined ? 'id' : 'relevance'),
    limit: request.limit ?? LIMIT,
    facets: request.facets ?? [],
    explain: request.explain ?? false,
  };
  if (!asksSomething(question)) {
    throw ValidationError.of(
      '',
      'empty',
      'name at least one capability, domain, action or tool, a text q, or a filter',
    );
  }
  if (question.sort === ('relevance' satisfies Sort) && question.q === undefined) {
    throw ValidationError.of('sort', 'relevance', 'relevance needs a text q');
  }
  return cursor === undefined
    ? question
    : { ...question, after: decodeCursor(cursor, questionKey(question), isPlaceOf(question.sort)) };
}

const sorted = (terms: readonly string[]): readonly string[] => [...new Set(terms)].sort();

/** Canonical text of what is asked and in which order, for cursors. */
export const questionKey = (question: SearchQuestion): string => {
  const { mode, q, type, minPriority, status, healthyOnly, sort } = question;
  const lists = LISTS.map((list) => sorted(question[list]));
  return JSON.stringify([lists, mode, q, type, minPriority, status, healthyOnly, sort]);
};

/**
 * Whom a question means.
 *
 * @param hits what the text search found; only with a text
 */
export function expressionOf(
  question: SearchQuestion,
  index: KnownTerms,
  hits: ReadonlyMap<string, TextHit>,
): Expression {
  const { capabilities, domains, actions, tools, mode, q, type, minPriority, status, healthyOnly } = question;
  const listed = [
    ...termsOf('capability', capabilities),
    ...termsOf('domain', domains),
    ...termsOf('action', actions),
    ...tools.map((tool) => withTool(tool, index)),
  ];
  const parts: (Expression | false | undefined)[] = [
    listed.length > 0 && (mode === 'any' ? { any: listed } : { all: listed }),
    type !== undefined && { term: ['type', type] },
    minPriority !== undefined && withPriorityFrom(minPriority),
    status !== undefined && withStatus(status),
    healthyOnly && healthyOnes,
    q !== undefined && { agents: [...hits.keys()] },
  ];
  return { all: parts.filter((part) => part !== false && part !== undefined) };
}
