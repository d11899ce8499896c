import { agentAnswer } from '../agents/agent-answers.ts';
import { DynamoAgentStore } from '../agents/dynamo-agent-store.ts';
import { DynamoChangeLog, DynamoHeadList } from '../agents/dynamo-change-log.ts';
import { getAgent } from '../agents/get-agent.ts';
import { validateAgentId } from '../agents/validate-agent.ts';
import { createDocumentClient } from '../shared/aws-clients.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import { type ApiRequest, type ApiResponse, assertKnownParameters } from '../shared/http/request.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { OPEN_ROUTES, READ_API_ENVIRONMENT, type ReadRoute } from './contract.ts';
import { listAgents } from './list-agents.ts';
import { registryStats } from './registry-stats.ts';
import { searchAgents } from './search-agents.ts';
import { WarmIndex } from './warm-index.ts';

const environment = readEnvironment(READ_API_ENVIRONMENT);
const client = createDocumentClient();
const store = new DynamoAgentStore(client, environment.TABLE_NAME);
const index = new WarmIndex({
  changes: new DynamoChangeLog(client, environment.TABLE_NAME),
  heads: new DynamoHeadList(client, environment.TABLE_NAME),
  clock: systemClock,
  maxStaleness: Number(environment.INDEX_MAX_STALENESS_MS),
});

/** Answers from the warm index, and tells how old it is. */
const fromIndex =
  (read: (directory: AgentDirectory, request: ApiRequest) => object): Route =>
  async (request): Promise<ApiResponse> => {
    const { directory, age } = await index.fresh();
    return { status: 200, headers: { 'Registry-Index-Age': String(age) }, body: read(directory, request) };
  };

const getOne: Route = async ({ params, query }) => {
  assertKnownParameters(query, []);
  return agentAnswer(await getAgent(store, validateAgentId(params.id)));
};

const search = fromIndex((directory, { body, query }) => {
  assertKnownParameters(query, []);
  return searchAgents(directory, body);
});

const stats = fromIndex((directory, { query }) => {
  assertKnownParameters(query, []);
  return registryStats(directory);
});

const health: Route = async () => ({ status: 200, headers: { 'Cache-Control': 'no-store' }, body: { status: 'ok' } });

const routes: Record<ReadRoute | 'GET /health', Route> = {
  'GET /registry/agents': fromIndex((directory, { query }) => listAgents(directory, query)),
  'GET /registry/agents/{id}': getOne,
  'POST /registry/search': search,
  'GET /registry/stats': stats,
  'GET /health': health,
};

/** The functions that read the registry (CONTRACT.md); `$default` too, whose routes are all unknown. */
export const handler = apiHandler(routes, {
  allowAnonymous: environment.ALLOW_ANONYMOUS === 'true',
  open: OPEN_ROUTES,
});
