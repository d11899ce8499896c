import { parseAllowedHosts } from '../shared/allowed-hosts.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import { assertKnownParameters, booleanParameter } from '../shared/http/request.ts';
import { createUlidFactory } from '../shared/ids.ts';
import { onDemand } from '../shared/on-demand.ts';
import { agentAnswer, registrationAnswer } from './agent-answers.ts';
import { validateAgentId } from './agent-id.ts';
import { API_RETRIES, type WriteContext } from './commit-loop.ts';
import { WRITE_API_ENVIRONMENT, type WriteRoute } from './contract.ts';
import { deregisterAgent } from './deregister-agent.ts';
import { idempotentRequest } from './idempotency.ts';
import { parseIfMatch } from './if-match.ts';
import { parseMemorySize } from './memory-size.ts';
import { registerAgent } from './register-agent.ts';
import { toContractNames, toContractParameters } from './spec-names.ts';
import { updateAgent } from './update-agent.ts';

const environment = readEnvironment(WRITE_API_ENVIRONMENT);

const settings: Omit<WriteContext, 'store'> = {
  clock: systemClock,
  newUlid: createUlidFactory(systemClock),
  retries: API_RETRIES,
  policy: {
    allowedTools: environment.ALLOWED_TOOLS.split(',').map((tool) => tool.trim()),
    maxAgentMemory: parseMemorySize(environment.MAX_AGENT_MEMORY),
    allowedHosts: parseAllowedHosts(process.env.ALLOWED_HOSTS),
  },
};

/** What the routes work with. The first request loads it: a client takes longer to start than all else together. */
const context = onDemand(async (): Promise<WriteContext> => {
  const { agentsOf } = await import('./dynamo-agent-store.ts');
  return { ...settings, store: agentsOf(environment.TABLE_NAME) };
});

const register: Route = async ({ body, headers, query, principal }) => {
  assertKnownParameters(query, []);
  const idempotent = idempotentRequest(headers['idempotency-key'], principal, body, registrationAnswer);
  const command = { document: toContractNames(body), actor: principal, ...(idempotent && { idempotent }) };
  const registered = await registerAgent(await context(), command);
  return 'replayed' in registered ? registered.replayed : registrationAnswer(registered.agent, registered.created);
};

const update: Route = async ({ params, body, headers, query, principal }) => {
  assertKnownParameters(query, []);
  const condition = parseIfMatch(headers['if-match']);
  const command = { id: validateAgentId(params.id), patch: toContractNames(body), actor: principal };
  const { agent } = await updateAgent(await context(), { ...command, ...(condition && { condition }) });
  return agentAnswer(agent);
};

const deregister: Route = async ({ params, headers, query, principal }) => {
  const options = toContractParameters(query);
  assertKnownParameters(options, ['force', 'migrateTasks']);
  booleanParameter(options, 'migrateTasks');
  const reason = booleanParameter(options, 'force') ? 'deregistered by force' : 'deregistered';
  const condition = parseIfMatch(headers['if-match']);
  const command = { id: validateAgentId(params.id), actor: principal, reason, ...(condition && { condition }) };
  await deregisterAgent(await context(), command);
  return { status: 204 };
};

const routes: Record<WriteRoute, Route> = {
  'POST /registry/agents': register,
  'PUT /registry/agents/{id}': update,
  'DELETE /registry/agents/{id}': deregister,
};

/** The routes that change the registry (CONTRACT.md). Beside this function only discovery writes agents. */
export const handler = apiHandler(routes, { allowAnonymous: environment.ALLOW_ANONYMOUS === 'true' });
