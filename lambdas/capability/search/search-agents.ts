import { encodeCursor } from '../../shared/http/cursor.ts';
import { upToBytes } from '../../shared/http/up-to-bytes.ts';
import type { AgentDirectory } from '../agent-directory.ts';
import { explainMatch } from './explain-match.ts';
import { countFacets } from './facets.ts';
import { walk } from './search-order.ts';
import { expressionOf, questionKey, type SearchQuestion } from './search-question.ts';
import type { FoundAgent, SearchResult } from './search-schema.ts';
import type { TextHit } from './text-search.ts';

type Hits = ReadonlyMap<string, TextHit>;

const NO_HITS: Hits = new Map();

const shown = (directory: AgentDirectory, ids: readonly string[], question: SearchQuestion, hits: Hits): FoundAgent[] =>
  directory
    .listed(ids)
    .map((agent) =>
      question.explain ? { ...agent, explain: explainMatch(agent, question, hits.get(agent.id)) } : agent,
    );

/**
 * Finds agents by what they can do, say and are (CONTRACT.md, "Search").
 *
 * @param directory has loaded its words, where the question has a text
 */
export function searchAgents(directory: AgentDirectory, question: SearchQuestion): SearchResult {
  const { q, sort, limit, after, facets } = question;
  const { index, text } = directory;
  const hits = q === undefined ? NO_HITS : text.find(q);
  const found = expressionOf(question, index, hits);
  // One more than there is room for tells whether there is a next page.
  const { places, total } = walk(index, sort, { found, after, limit: limit + 1, hits });
  const ids = places.slice(0, limit).map(({ id }) => id);
  const agents = upToBytes(shown(directory, ids, question, hits));
  const last = places[agents.length - 1];
  const more = last !== undefined && places.length > agents.length;
  return {
    agents: [...agents],
    total,
    ...(more && { nextCursor: encodeCursor(last, questionKey(question)) }),
    ...(facets.length > 0 && { facets: countFacets(index, found, facets) }),
  };
}
