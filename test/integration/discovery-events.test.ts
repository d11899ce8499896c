import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import pMap from 'p-map';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import type { RejectionDetail } from '../../lambdas/discovery/rejection-schema.ts';
import type { ServicePage } from '../../lambdas/services/service-page.ts';
import { call, unique } from '../support/api.ts';
import { changesOf } from '../support/change-log.ts';
import { type Consumer, consumeEvents } from '../support/consumer.ts';
import {
  bucketOfOurOwn,
  deleteManifest,
  deleteObject,
  emptyBucket,
  nextMinute,
  originIn,
  putManifest,
  putObject,
  readObject,
  reload,
  reloadStatus,
} from '../support/deployed-bucket.ts';
import { eventually } from '../support/eventually.ts';
import { setEnvironment } from '../support/functions.ts';
import { keyOf } from '../support/hot-reload.ts';
import { median, told } from '../support/stopwatch.ts';
import { httpAnswer, type TcpServer, tcpServer } from '../support/tcp-server.ts';

jest.setTimeout(120_000);

const get = (id: string) => call<Agent>('GET', `/registry/agents/${id}`);
const list = (capability: string) => call<AgentPage>('GET', `/registry/agents?capability=${capability}`);
const search = (capability: string) => call<AgentPage>('POST', '/registry/search', { capabilities: [capability] });
const idsOf = ({ body }: { body: AgentPage }) => body.agents.map(({ id }) => id);

/** Waits until an agent of this version is what is got by the id, listed, and found by the capability. */
const serves = (id: string, version: string, capability: string): Promise<void> =>
  eventually(async () => {
    expect((await get(id)).body).toMatchObject({ version });
    expect(idsOf(await list(capability))).toEqual([id]);
    expect(idsOf(await search(capability))).toEqual([id]);
  });

const isGone = (id: string, capability: string): Promise<void> =>
  eventually(async () => {
    expect((await get(id)).status).toBe(404);
    expect(idsOf(await list(capability))).toEqual([]);
    expect(idsOf(await search(capability))).toEqual([]);
  });

const failureOf = async (id: string) => (await reloadStatus()).failures.find(({ agentId }) => agentId === id);

/** The schedule is off in all of these: whatever happens, the events of the bucket did it. */
bucketOfOurOwn({ off: ['reload-poll'] });
let consumer: Consumer;
beforeAll(async () => {
  consumer = await consumeEvents();
});
beforeEach(nextMinute);
afterAll(() => consumer.remove());

/** What was announced of an agent, in the order of its revisions. */
async function announced(id: string) {
  const events = (await consumer.drain()).filter(({ detail }) => detail.agentId === id);
  const lifecycle = events.filter((event) => event['detail-type'] !== 'ManifestRejected');
  const once = new Map(lifecycle.map((event) => [event.detail.revision, event]));
  return [...once].sort(([a], [b]) => a - b).map(([, event]) => event);
}

/** What was announced of manifests that were refused. */
const rejections = async (id: string): Promise<RejectionDetail[]> =>
  (await consumer.drain())
    .filter((event) => event['detail-type'] === 'ManifestRejected' && event.detail.agentId === id)
    .map(({ detail }) => detail as unknown as RejectionDetail);

describe('a manifest in the bucket', () => {
  test('that is put, changed and deleted is followed within three seconds, and told on the bus', async () => {
    const times = { added: [] as number[], changed: [] as number[], removed: [] as number[] };
    for (let round = 0; round < 3; round += 1) {
      await nextMinute();
      const [id, before, after] = [unique('evented'), unique('capability'), unique('capability')];

      let start = Date.now();
      await putManifest(id, { capabilities: [before] });
      await serves(id, '1.0.0', before);
      times.added.push(Date.now() - start);

      start = Date.now();
      await putManifest(id, { capabilities: [after], version: '2.0.0' });
      await serves(id, '2.0.0', after);
      times.changed.push(Date.now() - start);

      start = Date.now();
      await deleteManifest(id);
      await isGone(id, after);
      times.removed.push(Date.now() - start);

      await eventually(async () =>
        expect((await announced(id)).map((event) => [event['detail-type'], event.detail])).toMatchObject([
          ['AgentRegistered', { revision: 1, actor: 'hot-reload', reason: expect.stringContaining(keyOf(id)) }],
          ['AgentUpdated', { revision: 2, changedFields: ['capabilities.core', 'version'] }],
          ['AgentUnregistered', { revision: 3 }],
        ]),
      );
    }
    told('followed by events, in milliseconds', times);
    for (const measured of Object.values(times)) expect(median(measured)).toBeLessThan(3_000);
  });

  test('that is broken leaves the old version serving, until it is mended', async () => {
    const [id, capability] = [unique('broken'), unique('capability')];
    const key = keyOf(id);
    await putManifest(id, { capabilities: [capability] });
    await serves(id, '1.0.0', capability);

    await putObject(key, `{\n  "id": "${id}",\n  "name": "Broken"\n  "version": "2.0.0"\n}`);
    await eventually(async () =>
      expect(await failureOf(id)).toMatchObject({
        source: 's3',
        key,
        step: 'syntax_validation',
        reason: expect.stringMatching(/JSON/),
        line: 4,
      }),
    );
    await eventually(async () =>
      expect(await rejections(id)).toMatchObject([{ source: 's3', key, step: 'syntax_validation' }]),
    );

    await putManifest(id, { capabilities: [capability], version: '2.0.0', config: { priority: 99 } });
    const field = { field: 'config.priority', rule: 'maximum' };
    await eventually(async () => expect(await failureOf(id)).toMatchObject({ errors: [field] }));
    await eventually(async () => expect(await rejections(id)).toMatchObject([{}, { errors: [field] }]));
    await serves(id, '1.0.0', capability);

    await putManifest(id, { capabilities: [capability], version: '3.0.0', config: { priority: 9 } });
    await serves(id, '3.0.0', capability);
    await eventually(async () => expect(await failureOf(id)).toBeUndefined());
    expect((await get(id)).body).toMatchObject({ revision: 2, config: { priority: 9 } });
  });

  test.each([
    ['one after the other', 1],
    ['ten at once', 10],
  ])('that is edited 50 times, %s, ends as it was written last, each revision once', async (_, concurrency) => {
    const id = unique('rapid');
    await pMap(
      Array.from({ length: 50 }).keys(),
      async (n) => {
        await putManifest(id, { version: `${n + 1}.0.0`, config: { description: 'x'.repeat(n) } });
        // Polls get in the way of the events.
        await reload();
      },
      { concurrency },
    );
    const { version, config } = await readObject(keyOf(id));
    if (concurrency === 1) expect(version).toBe('50.0.0');
    await eventually(async () => expect((await get(id)).body).toMatchObject({ version, config }));
    // Events that are still under way find nothing new.
    await eventually(async () =>
      expect((await reload()).sources.s3).toMatchObject({ outcome: 'done', addedCount: 0, updatedCount: 0 }),
    );
    const { revision } = (await get(id)).body;

    const changes = await changesOf(id);
    expect(changes.map((change) => change.revision)).toEqual(Array.from({ length: revision }, (__, n) => n + 1));
    expect(changes.slice(1).map(({ changedFields }) => changedFields)).toEqual(
      Array.from({ length: revision - 1 }, () => expect.arrayContaining(['version'])),
    );
    await eventually(async () => expect(await announced(id)).toHaveLength(revision));
    expect((await get(id)).body).toMatchObject({ version, revision });
    told(`50 edits, ${concurrency} at once: revisions`, revision);
  });
});

test('manifests that are deleted in numbers: their events take some, and the rest is held until somebody confirms', async () => {
  const word = unique('swarm');
  const ids = Array.from({ length: 20 }, (_, n) => `${word}-${n}`);
  await emptyBucket();
  await Promise.all(ids.map((id) => putManifest(id)));
  const serving = async () => (await reloadStatus()).sources.s3.totalAgents;
  await eventually(async () => expect(await serving()).toBe(20));

  await Promise.all(ids.slice(0, 12).map((id) => deleteManifest(id)));
  // 15 % of 20 are three.
  await eventually(async () => expect(await serving()).toBe(17));
  for (let round = 0; round < 2; round += 1) {
    expect((await reload()).sources.s3).toMatchObject({ outcome: 'done', removedCount: 0, held: 9 });
  }
  expect((await reloadStatus()).held).toMatchObject([{ source: 's3', count: 9, of: 17 }]);

  const { sources, status } = await reload({ confirmRemovals: true });
  expect(sources.s3).toMatchObject({ outcome: 'done', removedCount: 9, held: 0 });
  expect(status).toMatchObject({ held: [], sources: { s3: { totalAgents: 8 } } });
});

describe('a server.json in the bucket', () => {
  const listed = async (id: string) =>
    (await call<ServicePage>('GET', '/registry/services')).body.services.find((service) => service.id === id);
  const aServer = (name: string, url: string) => ({
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: `com.example/${name}`,
    description: 'Gives forecasts.',
    version: '1.2.0',
    remotes: [{ type: 'streamable-http', url }],
  });
  const keyOfServer = (id: string) => `manifests/${id}/server.json`;

  test('is listed among the services, and no longer when it is deleted', async () => {
    const id = unique('weather');
    const url = 'https://mcp.example.com/mcp';
    await putObject(keyOfServer(id), aServer(id, url));
    await eventually(async () =>
      expect(await listed(id)).toMatchObject({
        id,
        name: `com.example/${id}`,
        kind: 'mcp',
        version: '1.2.0',
        endpoints: [{ type: 'streamable-http', url }],
        origin: originIn(keyOfServer(id)),
      }),
    );

    await deleteObject(keyOfServer(id));
    await eventually(async () => expect(await listed(id)).toBeUndefined());
  });

  describe('of a server on this machine', () => {
    let status = '503 Service Unavailable';
    let server: TcpServer;
    beforeAll(async () => {
      server = await tcpServer((socket) => socket.end(httpAnswer(status)));
      await setEnvironment('discovery', { ALLOWED_HOSTS: server.host });
    });
    afterAll(async () => {
      await setEnvironment('discovery', { ALLOWED_HOSTS: undefined });
      await server[Symbol.asyncDispose]();
    });

    test('keeps an agent that needs it waiting until it answers, be it with 401', async () => {
      const [service, id] = [unique('local'), unique('needy')];
      await putObject(keyOfServer(service), aServer(service, `http://${server.host}/mcp`));
      await eventually(async () => expect(await listed(service)).toBeDefined());

      await putManifest(id, { config: { mcpServers: [service] } });
      await eventually(async () =>
        expect(await failureOf(id)).toMatchObject({
          step: 'mcp_server_connectivity',
          errors: [{ field: 'config.mcpServers.0' }],
          reason: expect.stringContaining('503'),
        }),
      );
      expect((await get(id)).status).toBe(404);
      expect(server.requests[0]).toMatch(/^POST \/mcp .*"method":"initialize"/s);

      status = '401 Unauthorized';
      // A server that was dead is asked again after 25 seconds.
      await eventually(async () => {
        await reload();
        expect(await failureOf(id)).toBeUndefined();
      });
      expect((await get(id)).body).toMatchObject({ revision: 1, config: { mcpServers: [service] } });
    });
  });
});
