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
  const { expression, key } = parseAgentFilter(query);
  const limit = wholeNumberParameter(query, 'limit', LIMIT);
  const offset = wholeNumberParameter(query, 'offset', OFFSET);
  if (query.offset !== undefined && query.cursor !== undefined) {
    throw ValidationError.of('cursor', 'exclusive', 'cannot go with offset');
  }
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, key).id;
  const { index } = directory;
  // One more than there is room for tells whether there is a next page.
  const { ids, total } = index.page(expression(index), { after, offset, limit: limit + 1 });
  const onPage = ids.slice(0, limit);
  const last = onPage.at(-1);
  const more = last !== undefined && ids.length > limit;
  return { agents: directory.listed(onPage), total, ...(more && { nextCursor: encodeCursor({ id: last }, key) }) };
}
