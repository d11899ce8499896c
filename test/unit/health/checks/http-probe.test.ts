import { describe, expect, test } from '@jest/globals';
import type { HttpCheck } from '../../../../lambdas/health/checks/checker.ts';
import { probe } from '../../../../lambdas/health/checks/http-probe.ts';
import { createGuardedFetch, type GuardedFetch } from '../../../../lambdas/shared/guarded-fetch.ts';
import { GuardedFetchError } from '../../../../lambdas/shared/guarded-fetch-error.ts';
import { clockAt } from '../../../support/agents.ts';
import { rejectionOf } from '../../../support/errors.ts';
import { httpAnswer, tcpServer } from '../../../support/tcp-server.ts';

const fetch = createGuardedFetch({ allowedHosts: ['127.0.0.1'] });

/** What a probe says of a server that answers its requests so, one after another, and what it was asked. */
async function probing(check: Partial<HttpCheck>, answers: readonly string[], path = '') {
  const left = [...answers];
  await using server = await tcpServer((socket) => socket.end(left.shift() ?? httpAnswer('404 Not Found')));
  const url = `http://${server.host}${path}`;
  const answer = await probe({ fetch, clock: clockAt() }, { type: 'http', url, ...check }, 5_000);
  return { answer, asked: server.requests.map((request) => request.split(' HTTP/1.1')[0]), requests: server.requests };
}

const ok = (body = '') => httpAnswer('200 OK', body);
const json = (value: unknown, head = '200 OK') =>
  httpAnswer(`${head}\r\nContent-Type: application/json`, JSON.stringify(value));

describe('the address that is asked', () => {
  test.each([
    ['', 'GET /health'],
    ['/', 'GET /health'],
    ['/alive', 'GET /alive'],
    ['/alive/?deep=1', 'GET /alive/?deep=1'],
    ['/?check', 'GET /?check'],
  ])('for %p is %p', async (path, asked) => {
    expect(await probing({}, [ok()], path)).toMatchObject({ asked: [asked], answer: { reason: 'OK', status: 200 } });
  });

  test.each([
    ['', 'GET /.well-known/agent-card.json'],
    ['/', 'GET /.well-known/agent-card.json'],
    ['/cards/one.json', 'GET /cards/one.json'],
  ])('for the card of %p is %p', async (path, asked) => {
    expect(await probing({ protocol: 'a2a' }, [json({ name: 'one' })], path)).toMatchObject({ asked: [asked] });
  });

  test('is told who asks, and nothing else', async () => {
    const { requests } = await probing({}, [ok()]);

    const headers = requests[0]
      ?.trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.toLowerCase());
    expect(headers?.filter((line) => !line.startsWith('host:')).toSorted()).toEqual([
      'accept: */*',
      'connection: close',
      'user-agent: agent-registry',
    ]);
  });
});

describe('an A2A agent', () => {
  test.each<[string, string, object]>([
    ['that shows its card', json({ name: 'calendar', version: '1' }), { reason: 'OK', status: 200 }],
    ['that shows no JSON', ok('<html>'), { reason: 'NOT_A2A', status: 200 }],
    ['that shows a list', json([{ name: 'calendar' }]), { reason: 'NOT_A2A', status: 200 }],
    ['whose card has no name', json({ version: '1' }), { reason: 'NOT_A2A', status: 200 }],
    ['whose card has an empty name', json({ name: '' }), { reason: 'NOT_A2A', status: 200 }],
    ['whose card is null', json(null), { reason: 'NOT_A2A', status: 200 }],
    ['that wants credentials', json({}, '401 Unauthorized'), { reason: 'GATED', status: 401 }],
    ['that has no card', json({}, '404 Not Found'), { reason: 'HTTP_STATUS', status: 404 }],
  ])('%s', async (_, answer, told) => {
    expect((await probing({ protocol: 'a2a' }, [answer])).answer).toEqual(told);
  });

  test('whose card has no end fails as any that answers too much', async () => {
    const huge = `HTTP/1.1 200 OK\r\nContent-Length: ${2 * 1024 * 1024}\r\n\r\n{`;

    expect(await rejectionOf(probing({ protocol: 'a2a' }, [huge]))).toEqual(new GuardedFetchError('too-large'));
  });
});

describe('an MCP server', () => {
  const INITIALIZED = {
    jsonrpc: '2.0',
    id: 1,
    result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 's', version: '1' } },
  };
  const refused = { jsonrpc: '2.0', id: 1, error: { code: -32_601, message: 'no' } };

  test.each<[string, readonly string[], object]>([
    ['that shakes hands', [json(INITIALIZED)], { reason: 'OK' }],
    ['that wants credentials', [json({}, '401 Unauthorized')], { reason: 'GATED' }],
    ['that speaks something else', [ok('hello')], { reason: 'NOT_MCP' }],
    ['that refuses', [json(refused), json(refused)], { reason: 'NOT_MCP' }],
    ['that fails', [json({}, '502 Bad Gateway')], { reason: 'HTTP_STATUS', status: 502 }],
  ])('%s', async (_, answers, told) => {
    expect((await probing({ protocol: 'mcp' }, answers, '/mcp')).answer).toEqual(told);
  });

  test('is asked at its address as it is, as MCP has it', async () => {
    expect((await probing({ protocol: 'mcp' }, [json(INITIALIZED)], '/mcp')).asked).toEqual(['POST /mcp']);
  });

  test('has no more time for two requests than for one', async () => {
    const clock = clockAt();
    const given: (number | undefined)[] = [];
    const slow: GuardedFetch = async (_, request) => {
      given.push(request?.timeoutMs);
      clock.advance(4_000);
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(refused)) };
    };

    await probe({ fetch: slow, clock }, { type: 'http', url: 'https://a.example/mcp', protocol: 'mcp' }, 10_000);

    expect(given).toEqual([10_000, 6_000]);
  });
});
