import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../lambdas/agents/merge.ts';
import { putLayer } from '../../../lambdas/agents/put-layer.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { ManifestChangedError, ManifestGoneError } from '../../../lambdas/discovery/manifest-source.ts';
import { RemoteRegistrySource } from '../../../lambdas/discovery/remote-registry-source.ts';
import { createGuardedFetch } from '../../../lambdas/shared/guarded-fetch.ts';
import { GuardedFetchError } from '../../../lambdas/shared/guarded-fetch-error.ts';
import { aContext, registered, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { type Answer, answerOf } from '../../support/remote-registry.ts';

let remote: TestContext;
let server: Server;
let source: RemoteRegistrySource;
/** Requests that came: `METHOD address`. */
let requests: string[];
/** Answers in place of the registry's own; `undefined`: the registry's own. */
let instead: (address: string, response: ServerResponse) => Answer | 'answered' | undefined;

beforeEach(async () => {
  remote = aContext();
  requests = [];
  instead = () => undefined;
  server = createServer(async (request, response) => {
    const address = request.url ?? '';
    requests.push(`${request.method} ${address} ${request.headers.authorization ?? ''}`.trim());
    const given = instead(address, response);
    if (given === 'answered') return;
    const { status, body } = given ?? (await answerOf(remote, address, 2));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  source = new RemoteRegistrySource({
    endpoint: `http://${host}/`,
    fetch: createGuardedFetch({ allowedHosts: [host] }),
    authorise: async ({ headers }) => ({ ...headers, authorization: 'signed' }),
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const fed = async (id: string): Promise<Json> => {
  const { content } = await source.fetch(id);
  return JSON.parse(Buffer.from(content ?? []).toString());
};

describe('another registry', () => {
  test('is listed page by page, its agents by their revisions', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await registered(remote, { id, name: id });
    await updateAgent(remote, { id: 'b', patch: { type: 'core' }, actor: 'x' });

    expect(await source.list()).toEqual([
      { key: 'a', etag: '1' },
      { key: 'b', etag: '2' },
      { key: 'c', etag: '1' },
      { key: 'd', etag: '1' },
      { key: 'e', etag: '1' },
    ]);
    expect(requests).toEqual([
      'GET /registry/agents?limit=500 signed',
      'GET /registry/agents?limit=500&cursor=b signed',
      'GET /registry/agents?limit=500&cursor=d signed',
    ]);
  });

  test.each([1, 2])('whose page %i fails is not listed at all', async (page) => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await registered(remote, { id, name: id });
    instead = () => (requests.length === page ? { status: 503, body: {} } : undefined);

    expect(await rejectionOf(source.list())).toMatchObject({ message: 'The remote registry answered 503' });
  });

  test.each<[string, unknown]>([
    ['no list', {}],
    ['a list', []],
    ['agents that are none', { agents: ['a'] }],
    ['agents without ids', { agents: [{ name: 'a' }] }],
    ['null', null],
  ])('that answers %s is not listed', async (_, body) => {
    instead = () => ({ status: 200, body });

    await rejectionOf(source.list());
  });

  test('is listed without what cannot be an agent here', async () => {
    const agents = ['a', '../../x', '__proto__', 'B', ''].map((id) => ({ id, revision: 1 }));
    instead = () => ({ status: 200, body: { agents } });

    expect(await source.list()).toEqual([{ key: 'a', etag: '1' }]);
  });

  test('may have long lists: a page of two megabytes is taken', async () => {
    const agents = Array.from({ length: 500 }, (_, n) => ({ id: `a${n}`, revision: 1, tools: ['x'.repeat(4_096)] }));
    instead = () => ({ status: 200, body: { agents } });

    expect(await source.list()).toHaveLength(500);
  });

  test('whose pages never end is given up', async () => {
    instead = () => ({ status: 200, body: { agents: [], nextCursor: 'again' } });

    expect(await rejectionOf(source.list())).toMatchObject({ message: expect.stringMatching(/more than 100000/) });
    expect(requests).toHaveLength(200);
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    [
      'breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"agents":[]}', () => response.destroy());
      },
      'unreachable',
    ],
    [
      'says more than any list',
      (response) => response.writeHead(200).end(Buffer.alloc(4 * 1024 * 1024 + 1, ' ')),
      'too-large',
    ],
  ])('that %s is not listed', async (_, answer, kind) => {
    instead = (_address, response) => {
      answer(response);
      return 'answered';
    };
    const error = await rejectionOf(source.list());

    expect(error).toBeInstanceOf(GuardedFetchError);
    expect(error).toMatchObject({ kind });
  });

  test('that is not on the list of allowed hosts is not asked', async () => {
    const { port } = server.address() as AddressInfo;
    const strict = new RemoteRegistrySource({
      endpoint: `http://127.0.0.1:${port}`,
      fetch: createGuardedFetch({ allowedHosts: [] }),
      authorise: async ({ headers }) => headers,
    });

    expect(await rejectionOf(strict.list())).toMatchObject({ kind: 'forbidden' });
    expect(requests).toEqual([]);
  });
});

describe('an agent of another registry', () => {
  test('is what that one says of it by itself, and nothing that only it can say', async () => {
    await registered(remote, {
      id: 'a',
      name: 'calendar',
      capacity: { maxConcurrent: 3 },
      config: { priority: 7 },
      operatorMode: 'maintenance',
      filePath: '/there',
    });

    expect(await fed('a')).toEqual({
      id: 'a',
      name: 'calendar',
      capabilities: { core: ['scheduling'], enhancements: ['analysis'], domains: ['calendar'], actions: ['book'] },
      capacity: { maxConcurrent: 3 },
      config: { priority: 7 },
    });
  });

  test('is fed with what lower sources say of it there, and without what calls took away', async () => {
    const layer = { id: 'a', origin: 'o', actor: 'x', reason: 'x' } as const;
    await putLayer(remote, { ...layer, source: 's3', document: { name: 'a', config: { color: 'red', priority: 2 } } });
    await updateAgent(remote, { id: 'a', patch: { config: { color: null, priority: 3 } }, actor: 'x' });
    await putLayer(remote, { ...layer, source: 'api', document: { version: '9', config: { priority: 9 } } });

    expect(await fed('a')).toEqual({ id: 'a', name: 'a', config: { priority: 3 } });
  });

  test('is not fed where that registry has it from others, or says only something over them', async () => {
    await putLayer(remote, { id: 'a', source: 'api', origin: 'o', document: { name: 'a' }, actor: 'x', reason: 'x' });
    expect(await source.fetch('a')).toEqual({ content: null, etag: '1' });
    await updateAgent(remote, { id: 'a', patch: { config: { priority: 3 } }, actor: 'x' });
    expect(await source.fetch('a')).toEqual({ content: null, etag: '2' });
  });

  test('of a registry that knows no layers is all its own', async () => {
    await registered(remote, { id: 'a', name: 'calendar' });
    instead = (address) => (address.endsWith('/layers') ? { status: 404, body: {} } : undefined);

    expect(await fed('a')).toMatchObject({ id: 'a', name: 'calendar' });
  });

  test('comes in its newest revision, which may be newer than the one that was listed', async () => {
    await registered(remote, { id: 'a' });
    await updateAgent(remote, { id: 'a', patch: { type: 'core' }, actor: 'x' });

    expect((await source.fetch('a', '1')).etag).toBe('2');
    expect(await source.head('a')).toBe('2');
  });

  test('is not taken from a reading that lags behind the list', async () => {
    await registered(remote, { id: 'a' });

    expect(await rejectionOf(source.fetch('a', '2'))).toBeInstanceOf(ManifestChangedError);
  });

  test('that is gone is told to be gone, also when it goes while it is read', async () => {
    expect(await rejectionOf(source.fetch('a', '1'))).toBeInstanceOf(ManifestGoneError);
    expect(await source.head('a')).toBeUndefined();
    await registered(remote, { id: 'a' });
    instead = () => (requests.length > 3 ? { status: 404, body: {} } : undefined);
    expect(await rejectionOf(source.fetch('a', '1'))).toBeInstanceOf(ManifestGoneError);
  });

  test.each([401, 403, 429, 500, 503, 302])('is not gone when the answer is %i', async (status) => {
    instead = () => ({ status, body: {} });

    await rejectionOf(source.head('a'));
    expect(await rejectionOf(source.fetch('a'))).not.toBeInstanceOf(ManifestGoneError);
  });

  test('has the address of itself there for its origin, and keeps its id', () => {
    expect(source.originOf('a b')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/registry\/agents\/a%20b$/);
    expect(source.idOf('a')).toBe('a');
  });
});
