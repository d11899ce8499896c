import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { AgentLayers } from '../../lambdas/agents/agent-layers-schema.ts';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import { deregisterAgent } from '../../lambdas/agents/deregister-agent.ts';
import { updateAgent } from '../../lambdas/agents/update-agent.ts';
import { ManifestLoader } from '../../lambdas/discovery/reading/manifest-loader.ts';
import type { SourceReport } from '../../lambdas/discovery/reload-status.ts';
import { RemoteRegistrySource } from '../../lambdas/discovery/remote-registry-source.ts';
import { createGuardedFetch } from '../../lambdas/shared/guarded-fetch.ts';
import { aContext, registered } from '../support/agents.ts';
import { call, unique } from '../support/api.ts';
import { reload } from '../support/deployed-bucket.ts';
import { eventually } from '../support/eventually.ts';
import { setEnvironment } from '../support/functions.ts';
import { following, served, servingIds } from '../support/hot-reload.ts';
import { type HttpRegistry, startHttpRegistry } from '../support/http-registry.ts';
import { localStack } from '../support/local-stack.ts';
import { turnOff } from '../support/rules.ts';

jest.setTimeout(120_000);

const get = (id: string) => call<Agent>('GET', `/registry/agents/${id}`);
const layersOf = async (id: string) => (await call<AgentLayers>('GET', `/registry/agents/${id}/layers`)).body;
const statusesOf = (ids: readonly string[]) => Promise.all(ids.map(async (id) => (await get(id)).status));

/** The other registry, in memory, which the deployed one follows. */
const other = aContext();
const actor = 'colleague';
const change = (id: string, patch: object) => updateAgent(other, { id, patch: patch as never, actor });
const leave = (id: string) => deregisterAgent(other, { id, actor });

let server: HttpRegistry;
let turnOn: () => Promise<void>;
beforeAll(async () => {
  turnOn = await turnOff('reload-poll', 'manifest-events');
  server = await startHttpRegistry(other);
  await setEnvironment('discovery', { AGENT_REGISTRY_API_ENDPOINT: server.url, ALLOWED_HOSTS: server.host });
});
afterAll(async () => {
  await everybodyLeaves();
  await setEnvironment('discovery', { AGENT_REGISTRY_API_ENDPOINT: undefined, ALLOWED_HOSTS: undefined });
  await server[Symbol.asyncDispose]();
  await turnOn();
});

/** What a reload does to the agents of the other registry. */
async function follow(body?: { confirmRemovals: boolean }): Promise<SourceReport> {
  const { sources } = await reload(body);
  return sources.api as SourceReport;
}

async function everybodyLeaves(): Promise<void> {
  for (const id of await servingIds(other)) await leave(id);
  await follow({ confirmRemovals: true });
}

describe('the agents of another registry', () => {
  let ids: string[];
  beforeEach(async () => {
    await everybodyLeaves();
    const word = unique('remote');
    ids = Array.from({ length: 20 }, (_, n) => `${word}-${n}`);
    for (const id of ids) await registered(other, { id, name: id, version: '1.0.0' });
    expect(await follow()).toMatchObject({ outcome: 'done', addedCount: 20, failed: 0 });
  });

  test('serve here in a layer of their own, and follow what changes there', async () => {
    const [id = ''] = ids;
    const { layers, provenance } = await layersOf(id);
    expect(layers).toMatchObject([{ source: 'api', origin: `${server.url}/registry/agents/${id}` }]);
    expect(new Set(Object.values(provenance))).toEqual(new Set(['api']));
    expect((await get(id)).body).toMatchObject({ name: id, version: '1.0.0', capabilities: { core: ['scheduling'] } });

    expect(await follow()).toMatchObject({ outcome: 'done', unchanged: 20, addedCount: 0, updatedCount: 0 });
    await change(id, { version: '2.0.0', config: { priority: 9 } });
    expect(await follow()).toMatchObject({ outcome: 'done', updated: [id], unchanged: 19 });
    expect((await get(id)).body).toMatchObject({ version: '2.0.0', revision: 2, config: { priority: 9 } });
  });

  test('lie over what is said of them here', async () => {
    const [id = ''] = ids;
    await call('PUT', `/registry/agents/${id}`, { version: '7.0.0', type: 'utility', config: { color: 'blue' } });
    expect((await get(id)).body).toMatchObject({ version: '1.0.0', config: { color: 'blue' } });
    expect((await layersOf(id)).provenance).toMatchObject({ version: 'api', 'config.color': 'dynamodb' });
  });

  test('go when two reloads in a row lack them; more at once are held until somebody confirms', async () => {
    const few = ids.slice(0, 3);
    for (const id of few) await leave(id);
    expect(await follow()).toMatchObject({ outcome: 'done', removedCount: 0, held: 0 });
    expect((await follow()).removed.toSorted()).toEqual(few.toSorted());
    expect(await statusesOf(few)).toEqual([404, 404, 404]);

    const many = ids.slice(3, 8);
    for (const id of many) await leave(id);
    for (let round = 0; round < 2; round += 1) {
      expect(await follow()).toMatchObject({ outcome: 'done', removedCount: 0, held: 5, unchanged: 12 });
    }
    expect(new Set(await statusesOf(many))).toEqual(new Set([200]));
    expect((await follow({ confirmRemovals: true })).removed.toSorted()).toEqual(many.toSorted());
    expect(new Set(await statusesOf(many))).toEqual(new Set([404]));
    expect(new Set(await statusesOf(ids.slice(8)))).toEqual(new Set([200]));
  });

  test('stay when their registry does not answer, and the bucket is followed all the same', async () => {
    server.status = 503;
    const { sources, status } = await reload().finally(() => {
      server.status = undefined;
    });
    expect(sources).toMatchObject({
      s3: { outcome: 'done' },
      filesystem: { outcome: 'done' },
      api: { outcome: 'failed', removedCount: 0, held: 0, error: expect.stringContaining('503') },
    });
    expect(status.sources.api).toMatchObject({ enabled: true, totalAgents: 20 });
    expect(new Set(await statusesOf(ids))).toEqual(new Set([200]));
    expect(await follow()).toMatchObject({ outcome: 'done', unchanged: 20, removedCount: 0 });
  });
});

test('two registries that follow each other come to rest, and each keeps its own word', async () => {
  await everybodyLeaves();
  const [here, there, both] = [unique('here'), unique('there'), unique('both')];
  await call('POST', '/registry/agents', { id: here, name: here, version: '1.0.0' });
  await call('POST', '/registry/agents', { id: both, name: both, version: '1.0.0', config: { color: 'red' } });
  await registered(other, { id: there, name: there, version: '2.0.0' });
  await registered(other, { id: both, name: both, version: '2.0.0', config: { priority: 9 } });

  const { apiUrl } = localStack();
  const loader = new ManifestLoader();
  const { manager } = following({
    context: other,
    of: new RemoteRegistrySource({
      endpoint: apiUrl,
      fetch: createGuardedFetch({ allowedHosts: [new URL(apiUrl).host] }),
      authorise: async ({ headers }) => headers,
    }),
    ports: { read: (_key, content, origin) => loader.load('manifest.json', content, origin) },
  });
  const revisions = async () =>
    Promise.all(
      [here, there, both].map(async (id) => [(await get(id)).body.revision, (await served(other, id)).revision]),
    );
  /** Both follow the other; says whether either found anything new. */
  const round = async (): Promise<boolean> => {
    const theirs = await manager.poll();
    const ours = await follow();
    expect([theirs.outcome, ours.outcome]).toEqual(['done', 'done']);
    return theirs.changes.length + ours.addedCount + ours.updatedCount + ours.removedCount > 0;
  };

  const comeToRest = async () => {
    for (let rounds = 0; rounds < 12; rounds += 1) if (!(await round())) return;
    throw new Error('They never come to rest');
  };

  // The list of the deployed registry lags its agents by a second.
  await eventually(async () => {
    await round();
    expect((await served(other, both)).config).toMatchObject({ color: 'red' });
    expect((await served(other, here)).version).toBe('1.0.0');
  });
  const { revision } = (await get(both)).body;
  expect((await call('GET', `/registry/agents?limit=1&minRevision=${both}:${revision}`)).status).toBe(200);
  await comeToRest();
  const atRest = await revisions();
  for (let rounds = 0; rounds < 3; rounds += 1) expect(await round()).toBe(false);
  expect(await revisions()).toEqual(atRest);

  expect((await layersOf(here)).layers.map(({ source }) => source)).toEqual(['dynamodb']);
  expect((await layersOf(there)).layers.map(({ source }) => source)).toEqual(['api']);
  expect((await get(both)).body).toMatchObject({ version: '2.0.0', config: { color: 'red', priority: 9 } });
  expect(await served(other, both)).toMatchObject({ version: '1.0.0', config: { color: 'red', priority: 9 } });

  await leave(there);
  await round();
  await round();
  expect((await get(there)).status).toBe(404);
  await comeToRest();
  expect(await servingIds(other)).not.toContain(there);
});
