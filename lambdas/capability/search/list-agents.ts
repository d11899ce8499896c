import { ValidationError } from '../../shared/errors.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { assertKnownParameters, wholeNumberParameter } from '../../shared/http/request.ts';
import type { AgentDirectory } from '../agent-directory.ts';
import { FILTER_NAMES, parseAgentFilter } from './agent-filter.ts';
import type { AgentPage } from './list-schema.ts';

const LIMIT = { default: 50, min: 1, max: 500 };
const OFFSET = { default: 0, min: 0, max: 10_000 };

type Query = Readonly<Record<string, string>>;

/**
 * Lists agents in the order of their ids.
 *
 * @param query the request's parameters
 * @throws ValidationError for unknown parameters, filters that cannot be, both offset and cursor, a changed cursor
 */
export function listAgents(directory: AgentDirectory, query: Query): AgentPage {
  assertKnownParameters(query, [...FILTER_NAMES, 'limit', 'offset', 'cursor', 'minRevision']);
  const { matches, key } = parseAgentFilter(query);
  const limit = wholeNumberParameter(query, 'limit', LIMIT);
  const offset = wholeNumberParameter(query, 'offset', OFFSET);
  if (query.offset !== undefined && query.cursor !== undefined) {
    throw ValidationError.of('cursor', 'exclusive', 'cannot go with offset');
  }
  const after = query.cursor === undefined ? '' : decodeCursor(query.cursor, key).id;
  const matching = directory.all().filter(matches);
  const found = matching.findIndex(({ id }) => id > after);
  const start = (found < 0 ? matching.length : found) + offset;
  const agents = matching.slice(start, start + limit);
  const last = agents.at(-1);
  const more = last !== undefined && start + limit < matching.length;
  return { agents, total: matching.length, ...(more && { nextCursor: encodeCursor({ id: last.id }, key) }) };
}
