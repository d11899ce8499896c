import { validateAgentId } from '../agents/agent-id.ts';
import { readEnvironment } from '../shared/environment.ts';
import { ValidationError } from '../shared/errors.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import { assertKnownParameters } from '../shared/http/request.ts';
import { onDemand } from '../shared/on-demand.ts';
import { toldBy, validateHeartbeat } from './beats/heartbeat.ts';
import { parseBatch, takeBatch } from './beats/heartbeat-batch.ts';
import { takeHeartbeat } from './beats/take-heartbeat.ts';
import { HEALTH_API_ENVIRONMENT, type HealthRoute } from './contract.ts';
import { parseOverride, setOverride, toldOverride } from './override.ts';

const environment = readEnvironment(HEALTH_API_ENVIRONMENT);

/** What the routes work with. The first request loads it: a client takes longer to start than all else together. */
const health = onDemand(async () => (await import('./aws-health-api.ts')).awsHealthApi(environment.TABLE_NAME));

const heartbeat: Route = async ({ params, body, query }) => {
  assertKnownParameters(query, []);
  const id = validateAgentId(params.id);
  const sent = validateHeartbeat(body);
  if (sent.agentId !== undefined && sent.agentId !== id) {
    throw ValidationError.of('agentId', 'path', `must be ${id}, as in the path, or be left out`);
  }
  const told = toldBy(sent);
  return { status: 200, body: await takeHeartbeat(await health(), id, told) };
};

const heartbeats: Route = async ({ body, query }) => {
  assertKnownParameters(query, []);
  const batch = parseBatch(body);
  return { status: 200, body: await takeBatch(await health(), batch) };
};

const override: Route = async ({ body, query, principal }) => {
  assertKnownParameters(query, []);
  const request = parseOverride(body);
  const set = await setOverride(await health(), request, principal);
  return { status: 200, body: { override: set ? toldOverride(set) : null } };
};

const routes: Record<HealthRoute, Route> = {
  'POST /registry/agents/{id}/heartbeat': heartbeat,
  'POST /registry/heartbeats': heartbeats,
  'POST /registry/health/override': override,
};

/** The routes by which agents and operators tell of health (CONTRACT.md's manners). */
export const handler = apiHandler(routes, { allowAnonymous: environment.ALLOW_ANONYMOUS === 'true' });
