import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { PROJECT } from '../../bin/local/aws-environment.ts';
import type { AgentLayers } from '../../lambdas/agents/agent-layers-schema.ts';
import { IMPLEMENTATIONS } from '../../lambdas/discovery/contract.ts';
import type { ServicePage } from '../../lambdas/services/service-page.ts';
import { call, unique } from '../support/api.ts';
import { bucketOfOurOwn, putObject, reload, reloadStatus } from '../support/deployed-bucket.ts';

jest.setTimeout(120_000);

/** Nothing moves by itself in these tests: what follows the bucket is asked to. */
bucketOfOurOwn({ off: ['reload-poll', 'manifest-events'] });

describe('a reload', () => {
  test('needs no body, counts as a poll of every source, and tells its status', async () => {
    const before = await reloadStatus();
    const { sources, status } = await reload();
    expect(sources).toMatchObject({ s3: { outcome: 'done' }, filesystem: { outcome: 'done' } });
    expect(Object.keys(sources)).toEqual(['s3', 'filesystem']);
    expect(status).toMatchObject({ enabled: true, isPolling: false, sources: { api: { enabled: false } } });
    for (const source of ['s3', 'filesystem'] as const) {
      expect(status.sources[source]).toMatchObject({
        pollCount: before.sources[source].pollCount + 1,
        errorCount: before.sources[source].errorCount,
      });
    }
    expect(await reloadStatus()).toEqual(status);
  });

  test('brings the agents that come with the function', async () => {
    const types = await readdir(join(PROJECT, IMPLEMENTATIONS.folder));
    expect((await reloadStatus()).sources.filesystem.totalAgents).toBe(types.length);
    for (const type of types) {
      const { body } = await call<AgentLayers>('GET', `/registry/agents/${type}/layers`);
      const origin = `${IMPLEMENTATIONS.bundled}/${type}/manifest.json`;
      expect(body.layers).toMatchObject([{ source: 'filesystem', origin }]);
    }
  });

  test.each([
    [{ confirmRemoval: true }, 'confirmRemoval'],
    [{ confirmRemovals: 'yes' }, 'confirmRemovals'],
  ])('refuses %j, and names the field', async (body, field) => {
    const { status, body: problem } = await call('POST', '/registry/reload', body);
    expect([status, problem.errors]).toMatchObject([400, [{ field }]]);
  });

  test('takes no parameters', async () => {
    expect((await call('POST', '/registry/reload?force=true')).status).toBe(400);
    expect((await call('GET', '/registry/reload?source=s3')).status).toBe(400);
  });
});

describe('the list of services', () => {
  test('is walked by its cursor, in the order of ids', async () => {
    const ids = ['a', 'b', 'c'].map((letter) => unique(letter));
    const document = (name: string) => ({
      name: `com.example/${name}`,
      remotes: [{ type: 'sse', url: 'https://mcp.example.com/' }],
    });
    await Promise.all(ids.map((id) => putObject(`manifests/${id}/server.json`, document(id))));
    await reload();

    const page = async (query: string) => (await call<ServicePage>('GET', `/registry/services?${query}`)).body;
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${first.nextCursor}`);
    expect([first, second].map(({ services }) => services.map(({ id }) => id))).toEqual([
      ids.slice(0, 2),
      ids.slice(2),
    ]);
    expect(second.nextCursor).toBeUndefined();
    expect((await page('')).services).toEqual([...first.services, ...second.services]);
  });

  test.each(['limit=0', 'limit=501', 'limit=x', 'cursor=bm9uZQ', 'kind=mcp'])('refuses %s', async (query) => {
    const { status, body } = await call('GET', `/registry/services?${query}`);
    expect([status, body.errors]).toMatchObject([400, [{ field: query.split('=')[0] }]]);
  });
});
