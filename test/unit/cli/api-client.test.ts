import { describe, expect, test } from '@jest/globals';
import { createApiClient } from '../../../bin/cli/api-client.ts';
import { ApiProblemError } from '../../../bin/cli/api-problem-error.ts';
import { UnreachableError } from '../../../bin/cli/unreachable-error.ts';
import { type ScriptedAnswer, serverThatAnswers } from './http-server.ts';

const GET_AGENT = { method: 'GET', path: '/registry/agents/a' } as const;
const OK = { status: 200, body: { id: 'a' } };
const problem = (status: number, extra: object = {}) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: { type: 'urn:x', title: 'No', status, detail: 'Because.', instance: '/', ...extra },
});

/** Calls once against a server with these answers; the waits between attempts are noted, not waited. */
async function callAgainst(
  answers: ScriptedAnswer[],
  call: Parameters<ReturnType<typeof createApiClient>['call']>[0] = GET_AGENT,
) {
  await using server = await serverThatAnswers(...answers);
  const waits: number[] = [];
  const client = createApiClient({
    baseUrl: server.url,
    authorise: async ({ headers }) => headers,
    sleep: async (milliseconds) => waits.push(milliseconds),
  });
  const outcome = await client.call(call).catch((error: unknown) => error);
  return { outcome, waits, requests: server.requests };
}

describe('the client', () => {
  test('sends method, path below the stage, query, headers and JSON', async () => {
    const { requests, outcome } = await callAgainst([OK], {
      method: 'POST',
      path: '/registry/agents',
      query: { force: 'a b+c', absent: undefined },
      headers: { 'idempotency-key': 'k' },
      body: { name: 'x' },
    });
    expect(outcome).toEqual({ id: 'a' });
    expect(requests).toEqual([
      expect.objectContaining({ method: 'POST', url: '/stage/registry/agents?force=a%20b%2Bc', body: '{"name":"x"}' }),
    ]);
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'k' });
  });

  test('gives undefined where there is no body', async () => {
    expect((await callAgainst([{ status: 204 }])).outcome).toBeUndefined();
  });

  test.each([429, 502, 503, 504])('tries again after %d', async (status) => {
    const { outcome, requests } = await callAgainst([problem(status), problem(status), OK]);
    expect(outcome).toEqual({ id: 'a' });
    expect(requests).toHaveLength(3);
  });

  test('waits as long as Retry-After asks', async () => {
    const { waits } = await callAgainst([{ ...problem(503), headers: { 'retry-after': '7' } }, OK]);
    expect(waits).toEqual([7000]);
  });

  test('waits longer each time, and at most half a minute', async () => {
    const { waits } = await callAgainst([
      problem(429),
      problem(429),
      { ...problem(429), headers: { 'retry-after': '999' } },
      OK,
    ]);
    expect(waits).toEqual([expect.any(Number), expect.any(Number), 30_000]);
    expect(waits[0]).toBeGreaterThanOrEqual(500);
    expect(waits[1]).toBeGreaterThanOrEqual(1000);
    expect(waits[1]).toBeLessThan(2000);
  });

  test('sends the same request again, with its Idempotency-Key, when the connection breaks', async () => {
    const call = { method: 'POST', path: '/registry/agents', headers: { 'idempotency-key': 'k' }, body: {} } as const;
    const { outcome, requests } = await callAgainst(['cut', OK], call);
    expect(outcome).toEqual({ id: 'a' });
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['k', 'k']);
  });

  test('gives up after six attempts, with the last problem', async () => {
    const { outcome, requests } = await callAgainst([problem(503)]);
    expect(outcome).toMatchObject({ name: 'ApiProblemError', status: 503 });
    expect(requests).toHaveLength(6);
  });

  test.each([400, 403, 404, 409, 412, 422, 500])('takes %d for final', async (status) => {
    const { outcome, requests } = await callAgainst([problem(status)]);
    expect(outcome).toBeInstanceOf(ApiProblemError);
    expect(requests).toHaveLength(1);
  });

  test('says that something else answers', async () => {
    const { outcome } = await callAgainst([{ status: 200, body: '<html>' }]);
    expect(outcome).toMatchObject({ name: 'CliError', message: expect.stringContaining('no registry') });
  });

  test('says at once that nobody answers, and what to do', async () => {
    await using server = await serverThatAnswers(OK);
    await server[Symbol.asyncDispose]();
    const client = createApiClient({ baseUrl: server.url, sleep: async () => expect('a wait').toBe('none') });
    const error = await client.call(GET_AGENT).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreachableError);
    expect((error as Error).message).toContain('npm start');
  });
});

describe('a problem is explained', () => {
  const errorOf = (status: number, body: unknown) => new ApiProblemError(status, JSON.stringify(body));

  test('by title and detail', () => {
    expect(errorOf(404, problem(404).body).explain()).toBe('No: Because.');
  });

  test('with each broken rule on a line', () => {
    const errors = [{ field: 'config.priority', rule: 'maximum', message: 'must be <= 10' }];
    const told = errorOf(400, problem(400, { errors }).body).explain();
    expect(told).toBe('No: Because.\n  config.priority: must be <= 10');
  });

  test('without a detail that says the same as the rules', () => {
    const errors = [{ field: '', rule: 'type', message: 'must be an object' }];
    const told = errorOf(400, problem(400, { errors, detail: 'must be an object' }).body).explain();
    expect(told).toBe('No:\n  document: must be an object');
  });

  test('by what a gateway says', () => {
    expect(errorOf(403, { message: 'Forbidden' }).explain()).toBe('HTTP 403: Forbidden');
    expect(new ApiProblemError(500, '<html>').explain()).toBe('HTTP 500: <html>');
  });
});
