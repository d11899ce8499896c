import { agentAnswer } from '../agents/agent-answers.ts';
import { validateAgentId } from '../agents/agent-id.ts';
import { getLayers } from '../agents/agent-layers.ts';
import { readFeed } from '../agents/change-feed.ts';
import { getAgent } from '../agents/get-agent.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import {
  type ApiRequest,
  type ApiResponse,
  assertKnownParameters,
  wholeNumberParameter,
} from '../shared/http/request.ts';
import { onDemand } from '../shared/on-demand.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { READ_API_ENVIRONMENT, type ReadRoute } from './contract.ts';
import { minRevisionOf, withoutMinRevision } from './min-revision.ts';
import { listAgents } from './search/list-agents.ts';
import { registryStats } from './search/registry-stats.ts';
import { searchAgents } from './search/search-agents.ts';

const environment = readEnvironment(READ_API_ENVIRONMENT);

/** What the routes read. The first request loads it: AWS's clients take longer to start than all else together. */
const registry = onDemand(async () => (await import('./aws-registry.ts')).awsRegistry(environment));

/**
 * Answers from the warm index, as of the write that the request names at least, and tells how old the index is. What
 * was asked before and has not changed since is not rendered again.
 */
const fromIndex =
  (route: ReadRoute, read: (directory: AgentDirectory, request: ApiRequest) => object | Promise<object>): Route =>
  async (request): Promise<ApiResponse> => {
    const { index, nobody } = await registry();
    const wanted = minRevisionOf(request);
    // What is wrong with a question is told before anybody waits: an empty directory finds it out.
    if (wanted) await read(nobody, request);
    const { directory, age } = await index.fresh(wanted);
    const question = JSON.stringify([route, request.query, request.body], wanted && withoutMinRevision);
    const body = await directory.answers.render(question, () => read(directory, request));
    return { status: 200, headers: { 'Registry-Index-Age': String(age()) }, body };
  };

const getOne: Route = async ({ params, query }) => {
  assertKnownParameters(query, []);
  const id = validateAgentId(params.id);
  const { store } = await registry();
  return agentAnswer(await getAgent(store, id));
};

const layers: Route = async ({ params, query }) => {
  assertKnownParameters(query, []);
  const id = validateAgentId(params.id);
  const { store } = await registry();
  return { status: 200, body: await getLayers(store, id) };
};

const search = fromIndex('POST /registry/search', (directory, { body, query }) => {
  assertKnownParameters(query, []);
  return searchAgents(directory, body);
});

const stats = fromIndex('GET /registry/stats', (directory, { query }) => {
  assertKnownParameters(query, ['minRevision']);
  return registryStats(directory.index);
});

const list = fromIndex('GET /registry/agents', (directory, { query }) => listAgents(directory, query));

const feed: Route = async ({ query }) => {
  assertKnownParameters(query, ['since', 'limit']);
  const limit = wholeNumberParameter(query, 'limit', { default: 100, min: 1, max: 1_000 });
  const { changes } = await registry();
  return { status: 200, body: await readFeed(changes, systemClock, { since: query.since, limit }) };
};

const routes: Record<ReadRoute, Route> = {
  'GET /registry/agents': list,
  'GET /registry/agents/{id}': getOne,
  'GET /registry/agents/{id}/layers': layers,
  'POST /registry/search': search,
  'GET /registry/stats': stats,
  'GET /registry/changes': feed,
};

/** The functions that read the registry (CONTRACT.md). */
export const handler = apiHandler(routes, { allowAnonymous: environment.ALLOW_ANONYMOUS === 'true' });
