import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { NotFoundError, UnavailableError } from '../../../../lambdas/shared/errors.ts';
import { type ApiOptions, apiHandler, type Route } from '../../../../lambdas/shared/http/api-handler.ts';
import type { ApiRequest } from '../../../../lambdas/shared/http/request.ts';
import { logger } from '../../../../lambdas/shared/telemetry.ts';
import { type EventParts, invoke } from '../../../support/http-events.ts';

const seen: ApiRequest[] = [];
const answering =
  (answer: Awaited<ReturnType<Route>>): Route =>
  async (request) => {
    seen.push(request);
    return answer;
  };
const failing =
  (error: unknown): Route =>
  async () => {
    throw error;
  };

const routes: Record<string, Route> = {
  'GET /things': answering({ status: 200, headers: { ETag: '"1"' }, body: [1, 2] }),
  'GET /things/{id}': answering({ status: 200, body: '{"as":"it is"}' }),
  'POST /things': answering({ status: 201, body: { made: true } }),
  'PUT /things/{id}': answering({ status: 200, body: {} }),
  'DELETE /things/{id}': answering({ status: 204 }),
  'GET /missing': failing(new NotFoundError('There is no such thing.')),
  'GET /busy': failing(new UnavailableError('Later.')),
  'GET /broken': failing(new Error('a secret')),
  'GET /open': answering({ status: 200, headers: { 'Cache-Control': 'no-store' }, body: 'open' }),
};

async function answerTo(request: string, parts: EventParts = {}, options: ApiOptions = { allowAnonymous: true }) {
  const routeKey = request.replace(/\/7$/, '/{id}');
  const answer = await invoke(apiHandler(routes, options), request, { routeKey, ...parts });
  return { ...answer, json: answer.body?.startsWith('{') ? JSON.parse(answer.body) : undefined };
}

const spies = () => [jest.spyOn(logger, 'error'), jest.spyOn(logger, 'warn')] as const;

beforeEach(() => {
  seen.length = 0;
  for (const spy of spies()) spy.mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('an API', () => {
  test('answers JSON with the headers of the route', async () => {
    expect(await answerTo('GET /things')).toMatchObject({
      statusCode: 200,
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache', ETag: '"1"' },
      body: '[1,2]',
    });
  });

  test('sends a text as it is', async () => {
    expect((await answerTo('GET /things/7')).body).toBe('{"as":"it is"}');
  });

  test('sends neither body nor content type where there is nothing to say', async () => {
    const answer = await answerTo('DELETE /things/7');

    expect(answer).toMatchObject({ statusCode: 204, headers: { 'Cache-Control': 'no-cache' } });
    expect(answer).not.toHaveProperty('body');
    expect(answer.headers).not.toHaveProperty('Content-Type');
  });

  test('lets a route speak for its own caching', async () => {
    expect((await answerTo('GET /open')).headers).toMatchObject({ 'Cache-Control': 'no-store' });
  });

  test('gives routes their parameters, headers by lower-case name, and body', async () => {
    const parts = {
      params: { id: '7' },
      query: { force: 'true' },
      headers: { 'If-Match': '"r1"', 'Content-Type': 'application/json' },
      body: { a: 1 },
    };
    await answerTo('PUT /things/7', parts);

    expect(seen).toEqual([
      {
        params: { id: '7' },
        query: { force: 'true' },
        headers: { 'if-match': '"r1"', 'content-type': 'application/json' },
        body: { a: 1 },
        principal: 'anonymous',
      },
    ]);
  });

  test('gives routes empty parameters where the gateway leaves them out', async () => {
    await answerTo('GET /things');

    expect(seen[0]).toMatchObject({ params: {}, query: {}, body: undefined });
  });

  test('gives {} where the body may be left out, and was; other routes need theirs', async () => {
    const options = { allowAnonymous: true, optionalBody: ['POST /things'] };

    expect((await answerTo('POST /things', {}, options)).statusCode).toBe(201);
    expect(seen[0]?.body).toEqual({});
    expect((await answerTo('PUT /things/7', {}, options)).statusCode).toBe(400);
  });

  test('does not read the body of routes that take none', async () => {
    expect((await answerTo('GET /things', { body: '{ not json' })).statusCode).toBe(200);
  });
});

describe('whoever calls an API', () => {
  const arn = 'arn:aws:sts::123456789012:assumed-role/host/session';

  test('is known to the route', async () => {
    await answerTo('GET /things', { authorizer: { iam: { userArn: arn } } }, { allowAnonymous: false });

    expect(seen[0]?.principal).toBe(arn);
  });

  test('is refused where nobody verified them', async () => {
    const { statusCode, json } = await answerTo('GET /things', {}, { allowAnonymous: false });

    expect(statusCode).toBe(401);
    expect(json.type).toBe('urn:agent-registry:problem:unauthenticated');
    expect(seen).toEqual([]);
  });

  test('may be anybody on an open route, and on no other', async () => {
    const options = { allowAnonymous: false, open: ['GET /open'] };

    expect((await answerTo('GET /open', {}, options)).statusCode).toBe(200);
    expect((await answerTo('GET /things', {}, options)).statusCode).toBe(401);
  });
});

describe('a request that the gateway gave to its route for unknown paths', () => {
  test('is not found, even where its path looks like one that is served', async () => {
    const { statusCode, json } = await answerTo('GET /things', { routeKey: '$default' });

    expect([statusCode, json.type]).toEqual([404, 'urn:agent-registry:problem:not-found']);
    expect(seen).toEqual([]);
  });
});

describe('what goes wrong in an API', () => {
  test('is answered as a problem that names the request', async () => {
    const { statusCode, headers, json } = await answerTo('GET /missing');

    expect(statusCode).toBe(404);
    expect(headers).toMatchObject({ 'Content-Type': 'application/problem+json' });
    expect(json).toMatchObject({ status: 404, detail: 'There is no such thing.', instance: '/missing' });
  });

  test.each(['GET /nowhere', 'PATCH /things', 'POST /things/7'])('is a 404 for the unknown route %s', async (route) => {
    const { statusCode, json } = await answerTo(route);

    expect(statusCode).toBe(404);
    expect(json.detail).toBe(`There is no route ${route}.`);
  });

  test.each([
    ['malformed JSON', { body: '{' }, 400],
    ['no body', {}, 400],
    ['another content type', { body: '{}', headers: { 'content-type': 'text/plain' } }, 400],
    ['a forbidden key', { body: '{"__proto__":{}}' }, 400],
    ['a body that is too large', { body: JSON.stringify('x'.repeat(256 * 1024)) }, 413],
  ])('is told before the route is asked: %s', async (_, parts, status) => {
    const { statusCode, json } = await answerTo('POST /things', parts);

    expect(statusCode).toBe(status);
    expect(json.status).toBe(status);
    expect(seen).toEqual([]);
  });

  test('is logged where nobody expected it, and its words stay here', async () => {
    const [error] = spies();
    const answer = await answerTo('GET /broken');

    expect(answer.statusCode).toBe(500);
    expect(answer.json.detail).toContain('request-1');
    expect(answer.body).not.toContain('a secret');
    expect(error).toHaveBeenCalledTimes(1);
  });

  test('says when to come again, and is logged as a warning', async () => {
    const [error, warn] = spies();
    const { statusCode, headers } = await answerTo('GET /busy');

    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ 'Retry-After': '1' });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(error).not.toHaveBeenCalled();
  });

  test('leaves no line behind where nothing went wrong: a line costs, at each request', async () => {
    const spoken = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write'));
    await answerTo('GET /things');

    expect(spoken.flatMap((spy) => spy.mock.calls)).toEqual([]);
  });

  test('is not logged where the caller is at fault', async () => {
    const [error, warn] = spies();
    await answerTo('GET /missing');

    expect([...error.mock.calls, ...warn.mock.calls]).toEqual([]);
  });
});
