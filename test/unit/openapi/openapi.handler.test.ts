import { describe, expect, test } from '@jest/globals';
import { PUBLISHED_SCHEMAS } from '../../../lambdas/agents/published-schemas.ts';
import { OPEN_ROUTES } from '../../../lambdas/openapi/contract.ts';
import { handler } from '../../../lambdas/openapi/openapi.handler.ts';
import { ApiContract } from '../../support/api-contract.ts';
import { type EventParts, invoke } from '../../support/http-events.ts';

/** What somebody gets whom nobody verified. */
async function get(path: string, parts: EventParts = {}) {
  const { statusCode = 0, headers = {}, body = '' } = await invoke(handler, `GET ${path}`, parts);
  return {
    status: statusCode,
    headers: new Headers(headers as Record<string, string>),
    text: body,
    body: bodyOf(body),
  };
}

const bodyOf = (text: string): Record<string, unknown> => (text === '' ? {} : JSON.parse(text));

const schemaNamed = (name: string) =>
  get(`/registry/schemas/${name}`, { routeKey: 'GET /registry/schemas/{name}', params: { name } });

describe('what anybody may ask', () => {
  test('whether the API answers', async () => {
    const answer = await get('/health');

    expect([answer.status, answer.body]).toEqual([200, { status: 'ok' }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('how the API is described, which holds for a while', async () => {
    const answer = await get('/registry/openapi.json');

    expect(answer).toMatchObject({ status: 200, body: { openapi: '3.1.0', info: { title: 'Agent Registry' } } });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
  });

  test.each(Object.keys(PUBLISHED_SCHEMAS))('what a published schema says: %s', async (name) => {
    expect(await schemaNamed(`${name}.json`)).toMatchObject({
      status: 200,
      body: { $id: `/registry/schemas/${name}.json`, type: 'object' },
    });
  });

  test.each(['nothing.json', 'constructor', ''])('and hears of others that there are none: %j', async (name) => {
    expect(await schemaNamed(name)).toMatchObject({ status: 404, body: { status: 404, title: 'Not found' } });
  });

  test.each(OPEN_ROUTES.filter((route) => route !== '$default'))('is answered as documented: %s', async (routeKey) => {
    const contract = new ApiContract((await get('/registry/openapi.json')).body);
    const path = routeKey.replace('GET ', '').replace('{name}', 'lifecycle-detail.json');
    const answer = await get(path, { routeKey, params: { name: 'lifecycle-detail.json' } });

    expect(answer.status).toBe(200);
    expect(() => contract.assertDocumented('GET', path, answer)).not.toThrow();
  });
});

test('what the gateway knows no route for is not found, whatever it looks like', async () => {
  expect(await get('/registry/agents', { routeKey: '$default' })).toMatchObject({
    status: 404,
    body: { detail: 'There is no route GET /registry/agents.', instance: '/registry/agents' },
  });
});
