import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { agentAnswer } from '../agents/agent-answers.ts';
import { validateAgentId } from '../agents/agent-id.ts';
import { getLayers } from '../agents/agent-layers.ts';
import { readFeed } from '../agents/change-feed.ts';
import { DynamoAgentStore } from '../agents/dynamo-agent-store.ts';
import { DynamoChangeLog, DynamoHeadList } from '../agents/dynamo-change-log.ts';
import { getAgent } from '../agents/get-agent.ts';
import { createDocumentClient } from '../shared/aws-clients.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import {
  type ApiRequest,
  type ApiResponse,
  assertKnownParameters,
  wholeNumberParameter,
} from '../shared/http/request.ts';
import { metrics } from '../shared/telemetry.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { INDEX_METRICS, READ_API_ENVIRONMENT, type ReadRoute } from './contract.ts';
import { s3Bases } from './s3-base-store.ts';
import { listAgents } from './search/list-agents.ts';
import { registryStats } from './search/registry-stats.ts';
import { searchAgents } from './search/search-agents.ts';
import { WarmIndex } from './warm-index.ts';

const environment = readEnvironment(READ_API_ENVIRONMENT);
const client = createDocumentClient();
const store = new DynamoAgentStore(client, environment.TABLE_NAME);
const changes = new DynamoChangeLog(client, environment.TABLE_NAME);
const index = new WarmIndex({
  changes,
  heads: new DynamoHeadList(client, environment.TABLE_NAME),
  bases: s3Bases(client, environment.TABLE_NAME, environment.BUCKET_NAME),
  clock: systemClock,
  maxStaleness: Number(environment.INDEX_MAX_STALENESS_MS),
  onRefresh: (age) => {
    metrics.addMetric(INDEX_METRICS.indexAge, MetricUnit.Milliseconds, age);
    metrics.publishStoredMetrics();
  },
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

const layers: Route = async ({ params, query }) => {
  assertKnownParameters(query, []);
  return { status: 200, body: await getLayers(store, validateAgentId(params.id)) };
};

const search = fromIndex((directory, { body, query }) => {
  assertKnownParameters(query, []);
  return searchAgents(directory, body);
});

const stats = fromIndex((directory, { query }) => {
  assertKnownParameters(query, []);
  return registryStats(directory);
});

const feed: Route = async ({ query }) => {
  assertKnownParameters(query, ['since', 'limit']);
  const limit = wholeNumberParameter(query, 'limit', { default: 100, min: 1, max: 1_000 });
  return { status: 200, body: await readFeed(changes, systemClock, { since: query.since, limit }) };
};

const routes: Record<ReadRoute, Route> = {
  'GET /registry/agents': fromIndex((directory, { query }) => listAgents(directory, query)),
  'GET /registry/agents/{id}': getOne,
  'GET /registry/agents/{id}/layers': layers,
  'POST /registry/search': search,
  'GET /registry/stats': stats,
  'GET /registry/changes': feed,
};

/** The functions that read the registry (CONTRACT.md). */
export const handler = apiHandler(routes, { allowAnonymous: environment.ALLOW_ANONYMOUS === 'true' });
