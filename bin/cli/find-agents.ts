import type { FoundAgent, SearchRequest, SearchResult } from '../../lambdas/capability/search/search-schema.ts';
import type { ApiClient } from './api-client.ts';

/** The largest page that the API gives (CONTRACT.md, "Search"). */
const LARGEST_PAGE = 500;

/**
 * As many agents as are wanted, page by page.
 *
 * @param wanted `0`: one page, as long as the API gives it; `Infinity`: everybody
 */
export async function findAgents(client: ApiClient, body: SearchRequest, wanted: number): Promise<SearchResult> {
  const page = (further: Partial<SearchRequest>) =>
    client.call<SearchResult>({ method: 'POST', path: '/registry/search', body: { ...body, ...further } });
  const limitBehind = (count: number) =>
    wanted > 0 && Number.isFinite(wanted) ? { limit: Math.min(LARGEST_PAGE, wanted - count) } : {};
  const first = await page(limitBehind(0));
  const agents: FoundAgent[] = [...first.agents];
  let { nextCursor } = first;
  while (nextCursor !== undefined && agents.length < wanted) {
    // The counts are of all pages; the first one told them.
    const next = await page({ ...limitBehind(agents.length), cursor: nextCursor, facets: [] });
    agents.push(...next.agents);
    ({ nextCursor } = next);
  }
  const { facets, total } = first;
  return { agents, total, ...(nextCursor !== undefined && { nextCursor }), ...(facets && { facets }) };
}
