import { agentAnswer } from '../agents/agent-answers.ts';
import { validateAgentId } from '../agents/agent-id.ts';
import { getLayers } from '../agents/agent-layers.ts';
import { readFeed } from '../agents/change-feed.ts';
import { getAgent } from '../agents/get-agent.ts';
import { readWatch } from '../health/fleet-health.ts';
import type { FleetHealth } from '../health/health-schema.ts';
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
import { fleetHealth } from './fleet-health.ts';
import { minRevisionOf } from './min-revision.ts';
import type { MinRevision } from './min-revision-schema.ts';
import { listAgents, parseList } from './search/list-agents.ts';
import { registryStats } from './search/registry-stats.ts';
import { searchAgents } from './search/search-agents.ts';
import { parseSearch } from './search/search-question.ts';

const environment = readEnvironment(READ_API_ENVIRONMENT);

/** What the routes read. The first request loads it: AWS's clients take longer to start than all else together. */
const registry = onDemand(async () => (await import('./aws-registry.ts')).awsRegistry(environment));

/** What all questions to the index may say. */
interface IndexQuestion {
  /** The write that the answer has to know. */
  readonly minRevision?: MinRevision;
  /** The text that is searched for. */
  readonly q?: string;
}

/**
 * Answers from the warm index, as of the write that the question names at least, and tells how old the index is. What
 * was asked before and has not changed since is not rendered again.
 *
 * @param parse tells what is wrong with a request, before anybody waits or looks
 * @param answer reads nothing of a question but what JSON tells of it
 */
const fromIndex =
  <Question extends IndexQuestion>(
    route: ReadRoute,
    parse: (request: ApiRequest) => Question,
    answer: (directory: AgentDirectory, question: Omit<Question, 'minRevision'>) => object,
  ): Route =>
  async (request): Promise<ApiResponse> => {
    const { minRevision, ...question } = parse(request);
    const { index } = await registry();
    const { directory, age } = await index.fresh(minRevision, question.q === undefined ? undefined : loadWords);
    const body = await directory.answers.render(JSON.stringify([route, question]), () => answer(directory, question));
    return { status: 200, headers: { 'Registry-Index-Age': String(age()) }, body };
  };

const loadWords = ({ text }: AgentDirectory): Promise<void> => text.load();

const getOne: Route = async ({ params, query }) => {
  assertKnownParameters(query, []);
  const id = validateAgentId(params.id);
  const { store, activityOf } = await registry();
  return agentAnswer(await getAgent(store, id, activityOf));
};

const layers: Route = async ({ params, query }) => {
  assertKnownParameters(query, []);
  const id = validateAgentId(params.id);
  const { store } = await registry();
  return { status: 200, body: await getLayers(store, id) };
};

const agentHealth: Route = async ({ params, query }) => {
  assertKnownParameters(query, []);
  const id = validateAgentId(params.id);
  const { monitor } = await registry();
  return { status: 200, body: await monitor.status(id) };
};

/** Its index is asked each time: what rounds and sweep tell is no part of it. */
const health: Route = async ({ query }) => {
  assertKnownParameters(query, ['minRevision']);
  const { minRevision } = minRevisionOf(query);
  const { index, reports } = await registry();
  const [{ directory, age }, watch] = await Promise.all([
    index.fresh(minRevision),
    readWatch(reports, systemClock.now()),
  ]);
  const body: FleetHealth = { ...fleetHealth(directory), ...watch };
  return { status: 200, headers: { 'Registry-Index-Age': String(age()) }, body };
};

const search = fromIndex(
  'POST /registry/search',
  ({ body, query }: ApiRequest) => {
    assertKnownParameters(query, []);
    return parseSearch(body);
  },
  searchAgents,
);

const stats = fromIndex(
  'GET /registry/stats',
  ({ query }: ApiRequest): IndexQuestion => {
    assertKnownParameters(query, ['minRevision']);
    return minRevisionOf(query);
  },
  ({ index }) => registryStats(index),
);

const list = fromIndex('GET /registry/agents', ({ query }: ApiRequest) => parseList(query), listAgents);

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
  'GET /registry/agents/{id}/health': agentHealth,
  'POST /registry/search': search,
  'GET /registry/stats': stats,
  'GET /registry/changes': feed,
  'GET /registry/health': health,
};

/** The functions that read the registry (CONTRACT.md). */
export const handler = apiHandler(routes, { allowAnonymous: environment.ALLOW_ANONYMOUS === 'true' });
