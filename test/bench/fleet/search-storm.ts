import pMap from 'p-map';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import type { SearchQuery } from '../../../lambdas/capability/index/capability-index.ts';
import type { SearchResult } from '../../../lambdas/capability/search/search-schema.ts';
import type { Authorise } from '../../../lambdas/shared/sig-v4.ts';
import { NaiveIndex } from '../../support/naive-index.ts';
import { drawCapabilities, questionsRandom } from '../data.ts';

/** Different searches; each is asked many times. */
const SEARCHES = 200;

/** Agents of a page: with how many there are in all, enough to tell whether an answer is right. */
const PAGE = 20;

/** How a storm of searches went. Milliseconds. */
export interface StormReport {
  readonly requests: number;
  /** Requests that were not answered, or with an error. */
  readonly lost: number;
  /** Answers that were not what the plainest index finds. */
  readonly wrong: number;
  readonly perSecond: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

/** Searches for two capabilities, and for any of three. */
function drawSearches(): SearchQuery[] {
  const random = questionsRandom('storm');
  const both = drawCapabilities(random, SEARCHES / 2, 2).map((capabilities) => ({
    capabilities,
    mode: 'all' as const,
  }));
  const any = drawCapabilities(random, SEARCHES / 2, 3).map((capabilities) => ({ capabilities, mode: 'any' as const }));
  return both.flatMap((query, n) => [query, any[n] as SearchQuery]);
}

/** A search, and the first page of what the plainest index finds. */
interface Search {
  readonly query: SearchQuery;
  readonly expected: { readonly ids: readonly string[]; readonly total: number };
}

function searchOf(query: SearchQuery, model: NaiveIndex): Search {
  const ids = model.search(query);
  return { query, expected: { ids: ids.slice(0, PAGE), total: ids.length } };
}

type Outcome = 'right' | 'wrong' | 'lost';

/** One request, sent once: what a client would try again counts as lost. */
async function ask(url: URL, authorise: Authorise, { query, expected }: Search): Promise<Outcome> {
  try {
    const body = JSON.stringify({ ...query, sort: 'id', limit: PAGE });
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const request = { method: 'POST', url, headers, body };
    const response = await fetch(url, { ...request, headers: await authorise(request) });
    if (!response.ok) return 'lost';
    const { agents, total } = (await response.json()) as SearchResult;
    const page = agents.map(({ id }) => id);
    return total === expected.total && page.join() === expected.ids.join() ? 'right' : 'wrong';
  } catch {
    return 'lost';
  }
}

const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;

/**
 * Searches a registry from many sides at once.
 *
 * @param fleet all of its agents, which do not change meanwhile
 */
export async function searchStorm(
  apiUrl: string,
  authorise: Authorise,
  fleet: readonly AgentDigest[],
  { requests, concurrency, onAnswer }: { requests: number; concurrency: number; onAnswer: () => void },
): Promise<StormReport> {
  const model = new NaiveIndex();
  for (const digest of fleet) model.set(digest);
  const searches = drawSearches().map((query) => searchOf(query, model));
  const url = new URL(`${apiUrl}/registry/search`);
  const times: number[] = [];
  const start = performance.now();
  const outcomes = await pMap(
    Array.from({ length: requests }, (_, n) => searches[n % searches.length] as Search),
    async (search) => {
      const asked = performance.now();
      const outcome = await ask(url, authorise, search);
      times.push(performance.now() - asked);
      onAnswer();
      return outcome;
    },
    { concurrency },
  );
  const seconds = (performance.now() - start) / 1_000;
  times.sort((a, b) => a - b);
  return {
    requests,
    lost: outcomes.filter((outcome) => outcome === 'lost').length,
    wrong: outcomes.filter((outcome) => outcome === 'wrong').length,
    perSecond: requests / seconds,
    median: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    p99: quantile(times, 0.99),
  };
}
