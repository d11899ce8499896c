import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import type { ChangeFeed } from '../../lambdas/agents/change-feed-schema.ts';
import type { SearchResult } from '../../lambdas/capability/search/search-schema.ts';
import type { HeartbeatAnswer, HeartbeatResults } from '../../lambdas/health/beats/heartbeat-schema.ts';
import type { AgentHealth, FleetHealth, OverrideAnswer } from '../../lambdas/health/health-schema.ts';
import { HttpBeatWriter } from '../../lambdas/health/publisher/http-beat-writer.ts';
import { call, unique } from '../support/api.ts';
import { runCommandLine } from '../support/command-line.ts';
import { type Consumer, consumeEvents, eventIdsOf } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { localStack } from '../support/local-stack.ts';

// The first calls start the functions: seconds, not minutes.
jest.setTimeout(120_000);

const type = unique('beater');

async function anAgent(document: object = {}): Promise<string> {
  const id = unique(type);
  const { status } = await call('POST', '/registry/agents', { id, name: id, type, ...document });
  expect(status).toBe(201);
  return id;
}

const beat = (id: string, body: object = { status: 'healthy' }) =>
  call<HeartbeatAnswer>('POST', `/registry/agents/${id}/heartbeat`, body);
const healthOf = async (id: string) => (await call<AgentHealth>('GET', `/registry/agents/${id}/health`)).body;

describe('a heartbeat', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await consumeEvents();
  });
  afterAll(() => consumer.remove());

  test('twice makes an agent healthy: in its page, its search, its feed and for who listens', async () => {
    const id = await anAgent();
    expect(await healthOf(id)).toMatchObject({
      ...{ health: 'unknown', lastCheck: null, history: [], lease: null },
      ...{ consecutiveFailures: 0, consecutiveSuccesses: 0 },
    });
    expect(await beat(id)).toMatchObject({ status: 200, body: { agentId: id, health: 'unknown' } });
    const { body } = await beat(id, { status: 'healthy', ttlSeconds: 600, metrics: { cpuUsage: 0.1 } });
    expect(body.health).toBe('healthy');
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(500_000);

    const told = await healthOf(id);
    expect(told).toMatchObject({ health: 'healthy', consecutiveSuccesses: 2, history: { length: 2 } });
    expect(told.lastCheck).toMatchObject({ healthy: true, details: { source: 'heartbeat', reason: 'AGENT_HEALTHY' } });
    expect(told.lease).toEqual({ expiresAt: body.expiresAt, expired: false });
    const agent = (await call<Agent>('GET', `/registry/agents/${id}`)).body;
    expect(agent).toMatchObject({ health: 'healthy', revision: 2, lastActivity: expect.stringMatching(/:00\.000Z$/) });
    expect(agent.lastHealthCheck).toBe(agent.lastActivity);
    const minRevision = { agentId: id, revision: 2 };
    const found = await call<SearchResult>('POST', '/registry/search', { type, healthyOnly: true, minRevision });
    expect(found.body.agents.map((one) => one.id)).toContain(id);
    await eventually(async () => {
      const since = (await changesOf(id)).map((change) => `${change.type} ${change.actor}`);
      expect(since).toEqual(['AgentRegistered anonymous', 'AgentStatusUpdated health-monitor']);
    });
    await eventually(async () => expect(eventIdsOf(await consumer.drain(), [id])).toEqual([`${id}#1`, `${id}#2`]));
  });

  test('that says unhealthy three times takes it offline', async () => {
    const id = await anAgent();
    for (let n = 0; n < 2; n += 1) await beat(id, { status: 'unhealthy' });
    expect((await beat(id, { status: 'unhealthy' })).body.health).toBe('unhealthy');

    expect(await healthOf(id)).toMatchObject({ health: 'unhealthy', consecutiveFailures: 3 });
    const { code, out } = await runCommandLine(['health', id], { AGENT_REGISTRY_API: localStack().apiUrl });
    expect([code, out]).toEqual([0, expect.stringContaining(`${id} is unhealthy`)]);
    await eventually(async () => {
      const { status, headers, body } = await call<FleetHealth>('GET', `/registry/health?minRevision=${id}:2`);
      expect([status, headers.has('registry-index-age')]).toEqual([200, true]);
      expect(body.health.unhealthy).toBeGreaterThan(0);
      expect(body.agents).toContainEqual({ agentId: id, name: id, health: 'unhealthy' });
    });
  });

  test('of nobody is answered 404, and revives nobody', async () => {
    const id = await anAgent();
    await beat(id);
    await call('DELETE', `/registry/agents/${id}`);

    expect((await beat(id)).status).toBe(404);
    expect((await call('GET', `/registry/agents/${id}/health`)).status).toBe(404);
    const writer = new HttpBeatWriter({ apiUrl: localStack().apiUrl });
    expect(await writer.write({ agentId: id, status: 'healthy' })).toEqual({ outcome: 'unregistered' });
  });

  test('that cannot be is refused by its fields', async () => {
    const { status, body } = await beat(await anAgent(), { status: 'fine', ttlSeconds: 1, at: 5 });
    const { errors } = body as unknown as { errors: { field: string }[] };
    expect([status, errors.map(({ field }) => field).sort()]).toEqual([400, ['at', 'status', 'ttlSeconds']]);
  });

  test('is taken in batches, a result for each', async () => {
    const [one, other] = [await anAgent(), await anAgent()];
    const heartbeats = [one, other, 'nobody-at-all', one].map((agentId) => ({ agentId, status: 'healthy' }));
    const { status, body } = await call<HeartbeatResults>('POST', '/registry/heartbeats', { heartbeats });

    expect(status).toBe(200);
    expect(body.results.map((result) => [result.status, result.health])).toEqual([
      ...[
        [200, 'unknown'],
        [200, 'unknown'],
        [404, undefined],
        [200, 'healthy'],
      ],
    ]);
  });
});

/** The changes of one agent, the oldest first. */
async function changesOf(id: string): Promise<ChangeFeed['changes']> {
  const found: ChangeFeed['changes'] = [];
  for (let since: string | undefined; ; ) {
    const query = `?limit=1000${since === undefined ? '' : `&since=${since}`}`;
    const { changes, cursor } = (await call<ChangeFeed>('GET', `/registry/changes${query}`)).body;
    found.push(...changes.filter(({ agentId }) => agentId === id));
    if (changes.length < 1_000) return found;
    since = cursor;
  }
}

test("an operator's word is told with the fleet, and taken back", async () => {
  const say = (body: object) => call<OverrideAnswer>('POST', '/registry/health/override', body);
  const word = async () => (await call<FleetHealth>('GET', '/registry/health')).body.override;
  const { status, body } = await say({ mode: 'hold', seconds: 60, reason: 'tested' });

  expect([status, body.override]).toMatchObject([200, { mode: 'hold', actor: 'anonymous', reason: 'tested' }]);
  expect(await word()).toEqual(body.override);
  expect((await say({ mode: 'auto' })).body).toEqual({ override: null });
  expect(await word()).toBeNull();
});
