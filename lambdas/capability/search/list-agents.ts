import { ValidationError } from '../../shared/errors.ts';
import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import { type ApiRequest, assertKnownParameters, wholeNumberParameter } from '../../shared/http/request.ts';
import { upToBytes } from '../../shared/http/up-to-bytes.ts';
import type { AgentDirectory } from '../agent-directory.ts';
import { minRevisionOf } from '../min-revision.ts';
import type { MinRevision } from '../min-revision-schema.ts';
import { type AgentFilter, FILTER_NAMES, parseAgentFilter } from './agent-filter.ts';
import type { AgentPage } from './list-schema.ts';

const LIMIT = { default: 50, min: 1, max: 500 };
const OFFSET = { default: 0, min: 0, max: 10_000 };

/** What a list asks: who, and from where to where. */
export interface ListQuestion extends AgentFilter {
  readonly limit: number;
  readonly offset: number;
  /** Id of the last agent of the page before. Default: this is the first page */
  readonly after?: string;
  readonly minRevision?: MinRevision;
}

/**
 * Reads the parameters of a list.
 *
 * @throws ValidationError for unknown parameters, filters that cannot be, both offset and cursor, a changed cursor
 */
export function parseList(query: ApiRequest['query']): ListQuestion {
  assertKnownParameters(query, [...FILTER_NAMES, 'limit', 'offset', 'cursor', 'minRevision']);
  const filter = parseAgentFilter(query);
  const limit = wholeNumberParameter(query, 'limit', LIMIT);
  const offset = wholeNumberParameter(query, 'offset', OFFSET);
  if (query.offset !== undefined && query.cursor !== undefined) {
    throw ValidationError.of('cursor', 'exclusive', 'cannot go with offset');
  }
  return {
    ...filter,
    limit,
    offset,
    ...(query.cursor !== undefined && { after: decodeCursor(query.cursor, filter.key).id }),
    ...minRevisionOf(query),
  };
}

/** Lists agents in the order of their ids. */
export function listAgents(directory: AgentDirectory, question: Omit<ListQuestion, 'minRevision'>): AgentPage {
  const { expression, key, after, offset, limit } = question;
  const { index } = directory;
  // One more than there is room for tells whether there is a next page.
  const { ids, total } = index.page(expression(index), { after, offset, limit: limit + 1 });
  const agents = upToBytes(directory.listed(ids.slice(0, limit)));
  const last = agents.at(-1);
  const more = last !== undefined && ids.length > agents.length;
  return { agents: [...agents], total, ...(more && { nextCursor: encodeCursor({ id: last.id }, key) }) };
}
