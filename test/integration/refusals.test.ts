import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import { call, unique } from '../support/api.ts';
import { setEnvironment } from '../support/functions.ts';
import { localStack } from '../support/local-stack.ts';
import { type MeddlingProxy, startProxy } from '../support/proxy.ts';

jest.setTimeout(120_000);

describe('a stage whose callers have to be known', () => {
  beforeAll(() => setEnvironment('read-api', { ALLOW_ANONYMOUS: 'false' }));
  afterAll(() => setEnvironment('read-api', { ALLOW_ANONYMOUS: 'true' }));

  test('serves nobody whom no authoriser has verified, and is open where it says so', async () => {
    const refused = await fetch(`${localStack().apiUrl}/registry/agents`);
    expect([refused.status, await refused.json()]).toMatchObject([
      401,
      { type: 'urn:agent-registry:problem:unauthenticated' },
    ]);
    expect((await call('GET', '/health')).status).toBe(200);
    expect((await call('GET', '/registry/openapi.json')).status).toBe(200);
  });
});

describe('a table that is throttled', () => {
  let proxy: MeddlingProxy;
  beforeAll(async () => {
    proxy = await startProxy(localStack().endpoint);
    await setEnvironment('write-api', { AWS_ENDPOINT_URL_DYNAMODB: proxy.url });
  });
  afterAll(async () => {
    await setEnvironment('write-api', { AWS_ENDPOINT_URL_DYNAMODB: undefined });
    await proxy.close();
  });

  test('makes the API ask callers to come again, and commits nothing', async () => {
    const id = unique('throttled');
    proxy.meddle(async (_incoming, _forward, response) => {
      response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}');
    });
    const answer = await call('POST', '/registry/agents', { id, name: id });
    expect([answer.status, answer.body.type]).toEqual([503, 'urn:agent-registry:problem:unavailable']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call('GET', `/registry/agents/${id}`)).status).toBe(404);
  });
});

test('a cursor belongs to its filters', async () => {
  const type = unique('paged');
  await Promise.all(['a', 'b'].map((id) => call('POST', '/registry/agents', { name: `${type}-${id}`, type })));
  const page = () => call<AgentPage>('GET', `/registry/agents?type=${type}&limit=1`);
  let { body } = await page();
  for (let tries = 0; body.total < 2 && tries < 20; tries += 1) ({ body } = await page());
  const { status, body: problem } = await call('GET', `/registry/agents?limit=1&cursor=${body.nextCursor}`);
  expect([status, problem.errors]).toMatchObject([400, [{ field: 'cursor' }]]);
});
