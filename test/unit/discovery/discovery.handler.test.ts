import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { SCHEDULED_POLL } from '../../../lambdas/discovery/contract.ts';
import type { handler as discovery } from '../../../lambdas/discovery/discovery.handler.ts';
import { aContext, registered } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aManifest, keyOf } from '../../support/hot-reload.ts';
import { aLambdaContext, anEvent, type EventParts } from '../../support/http-events.ts';
import { aBucket, type HttpS3, stopBuckets } from '../../support/http-s3.ts';
import { answerOf } from '../../support/remote-registry.ts';
import { tableOfItems } from '../../support/table-of-items.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const bridge = mockClient(EventBridgeClient);
const items = tableOfItems();
const temporary = temporaryDirectories();
const remote = aContext();

let handler: typeof discovery;
let bucket: HttpS3;
let other: Server;

beforeAll(async () => {
  bucket = await aBucket();
  other = createServer(async (request, response) => {
    const { status, body } = await answerOf(remote, request.url ?? '');
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const root = await temporary();
  await mkdir(join(root, 'implementations/bundled'), { recursive: true });
  await writeFile(join(root, 'implementations/bundled/manifest.json'), JSON.stringify(aManifest('bundled')));
  jest.replaceProperty(process, 'env', {
    ...process.env,
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 's',
    LAMBDA_TASK_ROOT: root,
    TABLE_NAME: 'the-table',
    BUCKET_NAME: 'bucket',
    EVENT_BUS_NAME: 'the-bus',
    ALLOW_ANONYMOUS: 'true',
    ALLOWED_TOOLS: '*',
    MAX_AGENT_MEMORY: '56gb',
    UNRESOLVED_DEPENDENCIES: 'warn',
    ALLOWED_HOSTS: host,
    AGENT_REGISTRY_API_ENDPOINT: `http://${host}`,
    POWERTOOLS_METRICS_NAMESPACE: 'test',
    POWERTOOLS_METRICS_DISABLED: 'true',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  ({ handler } = await import('../../../lambdas/discovery/discovery.handler.ts'));
});
afterAll(async () => {
  jest.restoreAllMocks();
  other.closeAllConnections();
  await new Promise((closed) => other.close(closed));
  await stopBuckets();
});
beforeEach(() => {
  bridge.reset();
  bridge.on(PutEventsCommand).callsFake(({ Entries }: { Entries: object[] }) => ({
    Entries: Entries.map((_, n) => ({ EventId: `${n}` })),
  }));
  items.clear();
  bucket.objects.clear();
  bucket.calls.length = 0;
  bucket.fault = () => undefined;
});

/** What Lambda gives a poll: two minutes. */
const context = () => ({ ...aLambdaContext(), getRemainingTimeInMillis: () => 120_000 });
const call = (request: string, parts: EventParts = {}) =>
  handler(anEvent(request, parts) as Parameters<typeof handler>[0], context()) as Promise<{
    statusCode: number;
    body: string;
  }>;
const message = (key: string, n: number) => ({
  messageId: `m${n}`,
  body: JSON.stringify({ detail: { object: { key } } }),
});
const deliver = (...keys: string[]) => handler({ Records: keys.map(message) } as SQSEvent, context());
const put = (id: string, more: object = {}) => bucket.put(keyOf(id), JSON.stringify(aManifest(id, more)));
/** Layers in the table, as `agent source`. */
const layers = () =>
  [...items.values()]
    .filter(({ sk }) => String(sk).startsWith('LAYER#'))
    .map(({ pk, source }) => `${String(pk).slice('AGENT#'.length)} ${source}`)
    .sort();

describe('the function that follows the sources', () => {
  test('polls bucket, bundle and the other registry when the schedule wants it', async () => {
    put('in-bucket');
    await registered(remote, { id: 'elsewhere', name: 'elsewhere' });

    expect(await handler(SCHEDULED_POLL, context())).toEqual({ batchItemFailures: [] });
    expect(layers()).toEqual(['bundled filesystem', 'elsewhere api', 'in-bucket s3']);
    expect([...bucket.objects.keys()].filter((key) => key.startsWith('reload/')).sort()).toEqual([
      'reload/api.json.gz',
      'reload/filesystem.json.gz',
      'reload/s3.json.gz',
    ]);
    expect([...items.keys()]).not.toContain('REGISTRY LEASE#hot-reload');
  });

  test('fails when a source cannot be listed, and says which; the others are polled', async () => {
    bucket.fault = (s3) => (s3.startsWith('LIST') ? { status: 403, code: 'AccessDenied' } : undefined);

    expect(await rejectionOf(handler(SCHEDULED_POLL, context()))).toMatchObject({
      message: expect.stringMatching(/^s3: /),
    });
    expect(layers()).toContain('bundled filesystem');
  });

  test('sees to the objects of events, and gives back those that it could not see to', async () => {
    put('a');
    put('b');
    bucket.fault = (s3) => (s3 === `GET ${keyOf('b')}` ? { status: 500, code: 'InternalError' } : undefined);
    const event = {
      Records: [message(keyOf('a'), 0), message(keyOf('b'), 1), { messageId: 'm2', body: 'not JSON' }],
    } as SQSEvent;

    expect(await handler(event, context())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
    expect(layers()).toEqual(['a s3']);
    expect(bucket.calls.some((s3) => s3.startsWith('LIST'))).toBe(false);
  });

  test('lists services of the bucket, and announces what is refused', async () => {
    const server = { name: 'io.github.x/y', version: '1', packages: [], remotes: [] };
    bucket.put('manifests/y/server.json', JSON.stringify({ ...server, version_detail: { version: '1' } }));
    bucket.put(keyOf('broken'), '{');
    await deliver('manifests/y/server.json', keyOf('broken'));

    expect(items.get('SERVICE y')).toMatchObject({ origin: 's3://bucket/manifests/y/server.json' });
    const [entry] = bridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(entry).toMatchObject({ DetailType: 'ManifestRejected', EventBusName: 'the-bus' });
    expect(JSON.parse(entry?.Detail ?? '')).toMatchObject({
      source: 's3',
      key: keyOf('broken'),
      agentId: 'broken',
      step: 'syntax_validation',
    });
  });

  test('serves its routes: the status, a reload, layers of files, services', async () => {
    put('a');
    const reload = await call('POST /registry/reload');
    expect(reload.statusCode).toBe(200);
    expect(JSON.parse(reload.body)).toMatchObject({ sources: { s3: { outcome: 'done', added: ['a'] } } });
    const status = await call('GET /registry/reload');
    expect(JSON.parse(status.body)).toMatchObject({ enabled: true, sources: { s3: { pollCount: 1, totalAgents: 1 } } });

    const id = { id: 'a' };
    const path = 'PUT /registry/agents/{id}/layers/filesystem';
    const laid = await call(path, { params: id, body: { origin: 'repo/a.md', document: { name: 'from file' } } });
    expect([laid.statusCode, JSON.parse(laid.body)]).toMatchObject([200, { agent: { name: 'from file' } }]);
    expect(layers()).toContain('a filesystem');
    const gone = await call('DELETE /registry/agents/{id}/layers/filesystem', {
      params: id,
      query: { origin: 'repo/a.md' },
    });
    expect(gone.statusCode).toBe(204);
    expect((await call('GET /registry/services')).statusCode).toBe(200);
  });

  test('says who changes: itself in what it follows, the caller in what he sends', async () => {
    put('a');
    await deliver(keyOf('a'));
    await call('PUT /registry/agents/{id}/layers/filesystem', {
      params: { id: 'b' },
      body: { origin: 'b.md', document: { name: 'b' } },
      authorizer: { iam: { userArn: 'arn:aws:iam::1:user/u' } },
    });
    const actors = [...items.values()]
      .filter(({ pk }) => pk === 'CHANGE')
      .map(({ agentId, actor }) => [agentId, actor]);

    expect(actors).toEqual([
      ['a', 'hot-reload'],
      ['b', 'arn:aws:iam::1:user/u'],
    ]);
  });
});
