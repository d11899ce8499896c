import { ValidationError } from '../shared/errors.ts';
import { assertKnownParameters } from '../shared/http/request.ts';
import type { AgentDirectory, ListedAgent } from './agent-directory.ts';
import { FILTER_NAMES, parseAgentFilter } from './agent-filter.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** One page of the list (CONTRACT.md, "List"). */
export interface AgentPage {
  readonly agents: readonly ListedAgent[];
  /** Agents that match, on all pages. */
  readonly total: number;
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

const LIMIT = { default: 50, min: 1, max: 500 };
const OFFSET = { default: 0, min: 0, max: 10_000 };

type Query = Readonly<Record<string, string>>;

function wholeNumber(query: Query, name: string, bounds: { default: number; min: number; max: number }): number {
  const text = query[name];
  if (text === undefined) return bounds.default;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw ValidationError.of(name, 'range', `must be a whole number from ${bounds.min} to ${bounds.max}`);
}

/**
 * Lists agents in the order of their ids.
 *
 * @param query the request's parameters
 * @throws ValidationError for unknown parameters, filters that cannot be, both offset and cursor, a changed cursor
 */
export function listAgents(directory: AgentDirectory, query: Query): AgentPage {
  assertKnownParameters(query, [...FILTER_NAMES, 'limit', 'offset', 'cursor']);
  const { matches, key } = parseAgentFilter(query);
  const limit = wholeNumber(query, 'limit', LIMIT);
  const offset = wholeNumber(query, 'offset', OFFSET);
  if (query.offset !== undefined && query.cursor !== undefined) {
    throw ValidationError.of('cursor', 'exclusive', 'cannot go with offset');
  }
  const after = query.cursor === undefined ? '' : decodeCursor(query.cursor, key);
  const matching = directory.all().filter(matches);
  const found = matching.findIndex(({ id }) => id > after);
  const start = (found < 0 ? matching.length : found) + offset;
  const agents = matching.slice(start, start + limit);
  const last = agents.at(-1);
  const more = last !== undefined && start + limit < matching.length;
  return { agents, total: matching.length, ...(more && { nextCursor: encodeCursor(last.id, key) }) };
}
