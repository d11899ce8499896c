import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT, REGION } from '../../bin/local/aws-environment.ts';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import type { Health } from '../../lambdas/agents/status.ts';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import type { CheckKind } from '../../lambdas/health/contract.ts';
import type { AgentHealth } from '../../lambdas/health/health-schema.ts';
import { call, unique } from '../support/api.ts';
import { type Consumer, consumeEvents } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { configurationOf, invokeWithLog, setEnvironment } from '../support/functions.ts';
import { type HealthServer, startHealthServer } from '../support/health-server.ts';
import { awsClientConfig } from '../support/local-stack.ts';

jest.setTimeout(240_000);

const capability = unique('checked');
const cluster = unique('cluster');
const ecs = new ECSClient(awsClientConfig());

let server: HealthServer;
let consumer: Consumer;
let functionName: string;

/** Beginning of the names of this stage's own functions: one of them is checked as an agent's would be. */
async function ownFunctions(): Promise<string> {
  const { environment } = await configurationOf('openapi');
  return String(environment.POWERTOOLS_SERVICE_NAME).replace(/openapi$/, '');
}

async function startService(serviceName: string, desiredCount: number): Promise<void> {
  await ecs.send(new CreateServiceCommand({ cluster, serviceName, desiredCount, taskDefinition: cluster }));
}

beforeAll(async () => {
  server = await startHealthServer();
  consumer = await consumeEvents();
  const beginning = await ownFunctions();
  functionName = `${beginning}openapi`;
  for (const name of ['write-api', 'http-check'] as const) await setEnvironment(name, { ALLOWED_HOSTS: server.host });
  await setEnvironment('lambda-check', { CHECKED_FUNCTIONS: `${beginning}*` });
  await setEnvironment('ecs-check', { CHECKED_SERVICES: `${cluster}/*` });
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  const containerDefinitions = [{ name: 'agent', image: 'public.ecr.aws/docker/library/busybox:1.36', memory: 64 }];
  await ecs.send(new RegisterTaskDefinitionCommand({ family: cluster, containerDefinitions }));
  await startService('good', 1);
  await startService('zero', 0);
});
afterAll(async () => {
  for (const service of ['good', 'zero']) await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
  await ecs.send(new DeleteClusterCommand({ cluster }));
  for (const name of ['write-api', 'http-check'] as const) await setEnvironment(name, { ALLOWED_HOSTS: undefined });
  await setEnvironment('lambda-check', { CHECKED_FUNCTIONS: undefined });
  await setEnvironment('ecs-check', { CHECKED_SERVICES: undefined });
  await consumer.remove();
  await server[Symbol.asyncDispose]();
});

async function register(name: string, healthCheck: object): Promise<string> {
  const id = unique(name);
  const document = { id, name: id, capabilities: [capability], monitoring: { healthCheck } };
  expect((await call('POST', '/registry/agents', document)).status).toBe(201);
  return id;
}

const healthOf = async (id: string) => (await call<AgentHealth>('GET', `/registry/agents/${id}/health`)).body;

/** Has a round run, beside those of the schedule; one that comes too soon after another asks nobody. */
const round = (kind: CheckKind) => invokeWithLog(`${kind}-check`, { trigger: 'schedule' });

/** Rounds go on until the registry says this of the agent, and why. */
const becomes = (kind: CheckKind, id: string, health: Health, reason: string) =>
  eventually(async () => {
    await round(kind);
    const status = await healthOf(id);
    expect([status.health, status.lastCheck?.details?.reason]).toEqual([health, reason]);
  }, 180_000);

const foundHealthy = async (): Promise<readonly string[]> => {
  const { body } = await call<AgentPage>('POST', '/registry/search', { capabilities: [capability], healthyOnly: true });
  return body.agents.map(({ id }) => id);
};

/** What was announced of an agent's health, in the order of its revisions. */
async function toldOf(id: string): Promise<string[]> {
  const events = (await consumer.drain()).filter(({ detail }) => detail.agentId === id);
  const byRevision = new Map(events.map((event) => [event.detail.revision, event]));
  return [...byRevision]
    .sort(([a], [b]) => a - b)
    .map(([, event]) => `${event['detail-type']} ${event.detail.digest.health}`);
}

describe('agents behind real servers', () => {
  test('are what their answers make them, and whoever listens and searches hears of it', async () => {
    const check = (path: string) => ({ type: 'http', url: server.url + path, intervalSeconds: 30, timeoutSeconds: 1 });
    const good = await register('good', check('/good'));
    const failing = await register('failing', check('/failing'));
    const hanging = await register('hanging', check('/hanging'));
    const gated = await register('gated', check('/gated'));
    const card = await register('card', { ...check(''), protocol: 'a2a' });

    await Promise.all([
      becomes('http', good, 'healthy', 'OK'),
      becomes('http', failing, 'unhealthy', 'HTTP_STATUS'),
      becomes('http', hanging, 'unhealthy', 'TIMEOUT'),
      becomes('http', gated, 'healthy', 'GATED'),
      becomes('http', card, 'healthy', 'OK'),
    ]);
    await eventually(async () => {
      expect(await toldOf(failing)).toEqual(['AgentRegistered unknown', 'AgentStatusUpdated unhealthy']);
      expect(await toldOf(good)).toEqual(['AgentRegistered unknown', 'AgentStatusUpdated healthy']);
    });
    await eventually(async () => expect(await foundHealthy()).toEqual([card, gated, good].sort()));
    expect(await healthOf(failing)).toMatchObject({
      ...{ consecutiveFailures: 3, consecutiveSuccesses: 0 },
      ...{ reason: 'HTTP_STATUS', because: 'http check: 3 failures in a row (HTTP_STATUS)' },
    });
    const { body } = await call<Agent>('GET', `/registry/agents/${failing}`);
    expect(body).toMatchObject({ health: 'unhealthy', status: 'unavailable', state: 'error' });
    expect(body.lastHealthCheck).not.toBeNull();
  });

  test('may not be somewhere within our own network', async () => {
    for (const url of ['http://169.254.169.254/latest/meta-data', 'https://10.0.0.7/health', 'https://[::1]/']) {
      const document = { name: unique('spy'), monitoring: { healthCheck: { type: 'http', url } } };
      const { status, body } = await call('POST', '/registry/agents', document);
      expect(status).toBe(400);
      expect(body).toMatchObject({ errors: [{ field: 'monitoring.healthCheck.url' }] });
    }
  });
});

describe('ECS services', () => {
  test('that run, are scaled to zero, or are not there', async () => {
    const of = (service: string) => register(service, { type: 'ecs', cluster, service, intervalSeconds: 30 });
    const [good, zero, missing] = [await of('good'), await of('zero'), await of('missing')];
    await Promise.all([
      becomes('ecs', good, 'healthy', 'OK'),
      becomes('ecs', zero, 'unhealthy', 'NO_TASKS'),
      becomes('ecs', missing, 'unhealthy', 'SERVICE_MISSING'),
    ]);
  });
});

describe('Lambda functions', () => {
  // Checks of a function are five minutes apart: two of them, which make an agent healthy, are for tests that turn the clock.
  test('that are there, and that are not', async () => {
    const of = (name: string) => register('function', { type: 'lambda', functionName: name });
    const [good, missing] = [await of(functionName), await of(`${functionName}-gone`)];
    await becomes('lambda', good, 'unknown', 'OK');
    await becomes('lambda', missing, 'unknown', 'FUNCTION_MISSING');
  });

  // Another one: agents of one function are asked after together, every five minutes.
  test('by any reference to this account', async () => {
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName.replace(/openapi$/, 'health-api')}`;
    await becomes('lambda', await register('function', { type: 'lambda', functionName: arn }), 'unknown', 'OK');
  });

  test('that nobody permitted, or of another account, are never asked about, and counted', async () => {
    const elsewhere = `arn:aws:lambda:${REGION}:999999999999:function:${functionName}-elsewhere`;
    const ids = [];
    for (const name of ['somebody-elses', elsewhere]) {
      ids.push(await register('function', { type: 'lambda', functionName: name }));
    }
    await eventually(async () => {
      const { log } = await round('lambda');
      expect(log).toMatch(/not asked after.*"elsewhere":\d/);
      expect(log).toMatch(/not asked after.*"notPermitted":\d/);
    });
    for (const id of ids) expect((await healthOf(id)).lastCheck).toBeNull();
  });
});
