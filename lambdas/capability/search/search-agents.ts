import { decodeCursor, encodeCursor } from '../../shared/http/cursor.ts';
import type { AgentDirectory } from '../agent-directory.ts';
import { explainMatch } from './explain-match.ts';
import { countFacets } from './facets.ts';
import { walk } from './search-order.ts';
import { expressionOf, parseSearch, questionKey, type SearchQuestion } from './search-question.ts';
import type { FoundAgent, SearchResult } from './search-schema.ts';
import type { TextHit } from './text-search.ts';

type Hits = ReadonlyMap<string, TextHit>;

const NO_HITS: Hits = new Map();

/** What the text search finds. The index of words is made when the first text is asked for. */
async function textHits({ text }: AgentDirectory, q: string | undefined): Promise<Hits> {
  if (q === undefined) return NO_HITS;
  await text.load();
  return text.find(q);
}

const shown = (directory: AgentDirectory, ids: readonly string[], question: SearchQuestion, hits: Hits): FoundAgent[] =>
  directory
    .listed(ids)
    .map((agent) =>
      question.explain ? { ...agent, explain: explainMatch(agent, question, hits.get(agent.id)) } : agent,
    );

/**
 * Finds agents by what they can do, say and are (CONTRACT.md, "Search").
 *
 * @param body the request's body
 * @throws ValidationError when it is no search, asks for nothing, or has another question's cursor; UnavailableError
 * while the words of very many agents are read for the first time
 */
export async function searchAgents(directory: AgentDirectory, body: unknown): Promise<SearchResult> {
  const question = parseSearch(body);
  const { q, sort, limit, cursor, facets } = question;
  const key = questionKey(question);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, key);
  const hits = await textHits(directory, q);
  // From here on nothing waits: the answer is of one moment.
  const { index } = directory;
  const found = expressionOf(question, index, hits);
  // One more than there is room for tells whether there is a next page.
  const { places, total } = walk(index, sort, { found, after, limit: limit + 1, hits });
  const onPage = places.slice(0, limit);
  const last = onPage.at(-1);
  const ids = onPage.map(({ id }) => id);
  return {
    agents: shown(directory, ids, question, hits),
    total,
    ...(last !== undefined && places.length > limit && { nextCursor: encodeCursor(last, key) }),
    ...(facets.length > 0 && { facets: countFacets(index, found, facets) }),
  };
}
