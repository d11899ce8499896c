import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { McpHandshakes } from '../../../lambdas/services/mcp-handshake.ts';
import { createGuardedFetch } from '../../../lambdas/shared/guarded-fetch.ts';
import { GuardedFetchError } from '../../../lambdas/shared/guarded-fetch-error.ts';
import { clockAt } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';

type Respond = (response: ServerResponse, request: IncomingMessage, body: string) => void;

/** A server on this machine with what it was asked: `METHOD rpc-method`. */
async function mcpServer(respond: Respond) {
  const asked: string[] = [];
  const requests: { headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = '' } = body === '' ? {} : JSON.parse(body);
    asked.push(`${request.method} ${method}`.trim());
    requests.push({ headers: request.headers, body });
    respond(response, request, body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    asked,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { 'content-type': 'text/event-stream' };
const result = (value: object, id: unknown = 1) => JSON.stringify({ jsonrpc: '2.0', id, result: value });
const error = (code: number, id: unknown = 1) => JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: 'no' } });
const INITIALIZED = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 's', version: '1' } };

const answering =
  (body: string, headers: Record<string, string> = JSON_TYPE, status = 200): Respond =>
  (response) =>
    response.writeHead(status, headers).end(body);

const handshakes = (clock = clockAt()) =>
  new McpHandshakes({ fetch: createGuardedFetch({ allowedHosts: ['127.0.0.1'] }), clock });

/** What comes of asking a server that responds so, with what it was asked. */
async function asking(respond: Respond, type: 'streamable-http' | 'sse' = 'streamable-http') {
  await using server = await mcpServer(respond);
  const handshake = await handshakes().ask({ type, url: server.url });
  return { ...handshake, asked: server.asked, requests: server.requests };
}

describe('a server of streamable HTTP', () => {
  test('is initialised as MCP has it', async () => {
    const { alive, asked, requests } = await asking(answering(result(INITIALIZED)));

    expect(alive).toBe(true);
    expect(asked).toEqual(['POST initialize']);
    expect(requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'agent-registry', version: '1.0.0' },
      },
    });
  });

  const notice = 'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n';
  test.each<[string, Respond]>([
    ['in JSON', answering(result(INITIALIZED), { 'content-type': 'application/json; charset=utf-8' })],
    ['in a list', answering(`[${result({}, 2)},${result(INITIALIZED)}]`)],
    ['in an event', answering(`event: message\ndata: ${result(INITIALIZED)}\n\n`, STREAM_TYPE)],
    ['in a later event', answering(`: hello\n\n${notice}data: ${result(INITIALIZED)}\n\n`, STREAM_TYPE)],
    [
      'in a stream that stays open',
      (response) => response.writeHead(200, STREAM_TYPE).write(`${notice}data: ${result(INITIALIZED)}\n\n`),
    ],
  ])('is alive when it answers %s', async (_, respond) => {
    expect(await asking(respond)).toMatchObject({ alive: true });
  });

  test.each([401, 403])('is alive when it wants credentials: %d', async (status) => {
    expect(await asking(answering('', {}, status))).toMatchObject({ alive: true, gated: true });
    // Some say it in the manner of JSON-RPC as well; there is nothing more to ask.
    expect(await asking(answering(error(-32_001, null), JSON_TYPE, status))).toMatchObject({
      gated: true,
      asked: ['POST initialize'],
    });
  });

  test.each<[string, Respond, string]>([
    ['fails', answering('oops', {}, 500), 'answers with status 500'],
    ['is not there', answering('', {}, 404), 'answers with status 404'],
    ['sends elsewhere', answering('', { location: 'http://169.254.169.254/' }, 307), 'answers with status 307'],
    ['is a web page', answering('<html></html>', { 'content-type': 'text/html' }), 'does not speak MCP'],
    ['speaks JSON of its own', answering('{"status":"ok"}'), 'does not speak MCP'],
    ['answers another request', answering(result(INITIALIZED, 2)), 'does not speak MCP'],
    ['has no result', answering('{"jsonrpc":"2.0","id":1}'), 'does not speak MCP'],
    ['has a result of something else', answering(result({ ok: true })), 'does not speak MCP'],
    ['has a version that is none', answering(result({ protocolVersion: 1 })), 'does not speak MCP'],
    ['sends half a document', answering('{"jsonrpc":"2.0","id":1,"result":{'), 'does not speak MCP'],
    ['ends its events without an answer', answering(': nothing\n\n', STREAM_TYPE), 'does not speak MCP'],
    ['breaks off', (response) => response.destroy(), 'cannot be reached'],
    ['says too much', answering('x'.repeat(200_000)), 'answers too much'],
    ['refuses in the manner of JSON-RPC', answering(error(-32_601)), 'refuses the handshake'],
  ])('is dead when it %s', async (_, respond, reason) => {
    expect(await asking(respond)).toMatchObject({ alive: false, reason });
  });

  test('is asked nothing more when it sends elsewhere', async () => {
    const { asked } = await asking(answering('', { location: '/other' }, 308));

    expect(asked).toEqual(['POST initialize']);
  });
});

describe('a session that the handshake begins', () => {
  const sessional =
    (end: (response: ServerResponse) => void): Respond =>
    (response, request) => {
      if (request.method === 'DELETE') return end(response);
      response.writeHead(200, { ...JSON_TYPE, 'mcp-session-id': 'session-1' }).end(result(INITIALIZED));
    };

  test.each<[string, (response: ServerResponse) => void]>([
    ['ends it', (response) => response.writeHead(204).end()],
    ['does not let clients end it', (response) => response.writeHead(405).end()],
    ['breaks off', (response) => response.destroy()],
  ])('is given back, and the server is alive where it %s', async (_, end) => {
    const { alive, asked, requests } = await asking(sessional(end));

    expect(alive).toBe(true);
    expect(asked).toEqual(['POST initialize', 'DELETE']);
    expect(requests[1]?.headers).toMatchObject({ 'mcp-session-id': 'session-1', 'mcp-protocol-version': '2025-06-18' });
  });

  test('is left alone where its name can be no header', async () => {
    const named: Respond = (response) =>
      response.writeHead(200, { ...JSON_TYPE, 'mcp-session-id': 'a b' }).end(result(INITIALIZED));

    expect(await asking(named)).toMatchObject({ alive: true, asked: ['POST initialize'] });
  });
});

describe('a server without handshakes', () => {
  /** It answers `initialize` as servers of 2026-07-28 do, and then so. */
  const modern =
    (body: string, status = 200): Respond =>
    (response, _, sent) =>
      sent.includes('"initialize"')
        ? response.writeHead(400, JSON_TYPE).end(error(-32_601))
        : response.writeHead(status, JSON_TYPE).end(body);

  test('is asked who it is', async () => {
    const { alive, asked, requests } = await asking(
      modern(result({ resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {} })),
    );

    expect(alive).toBe(true);
    expect(asked).toEqual(['POST initialize', 'POST server/discover']);
    expect(requests[1]?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'server/discover',
    });
    expect(JSON.parse(requests[1]?.body ?? '').params._meta).toMatchObject({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    });
  });

  test('is alive when it has only other versions, or wants credentials', async () => {
    expect(await asking(modern(error(-32_022), 400))).toMatchObject({ alive: true });
    expect(await asking(modern('', 401))).toMatchObject({ alive: true, gated: true });
  });

  test('is dead when it refuses that too', async () => {
    expect(await asking(modern(error(-32_601), 404))).toMatchObject({ alive: false });
    expect(await asking(modern(result({})))).toMatchObject({ alive: false, reason: 'refuses the handshake' });
  });
});

describe('a server of the older transport', () => {
  test('is alive when it opens a stream of events, which nobody waits for', async () => {
    const { alive, asked, requests } = await asking(
      (response) => response.writeHead(200, STREAM_TYPE).write('event: endpoint\ndata: /messages\n\n'),
      'sse',
    );

    expect(alive).toBe(true);
    expect(asked).toEqual(['GET']);
    expect(requests[0]?.headers.accept).toBe('text/event-stream');
  });

  test.each<[Respond, object]>([
    [answering('', {}, 401), { alive: true, gated: true }],
    [answering('', {}, 502), { alive: false, reason: 'answers with status 502' }],
    [answering('{}'), { alive: false, reason: 'does not speak MCP' }],
  ])('is judged by its headers', async (respond, handshake) => {
    expect(await asking(respond, 'sse')).toMatchObject(handshake);
  });
});

describe('an address', () => {
  const failing = (failure: unknown) =>
    new McpHandshakes({ fetch: () => Promise.reject(failure), clock: clockAt() }).ask({
      type: 'streamable-http',
      url: 'https://x.example.com/',
    });

  test.each([
    ['forbidden', 'is at an address that is not allowed'],
    ['unreachable', 'cannot be reached'],
    ['tls', 'has no certificate that can be trusted'],
    ['timeout', 'does not answer in time'],
    ['too-large', 'answers too much'],
  ] as const)('that is %s is told of in plain words', async (kind, reason) => {
    expect(await failing(new GuardedFetchError(kind))).toEqual({ alive: false, reason });
  });

  test('inside the network is not asked', async () => {
    const guarded = new McpHandshakes({ fetch: createGuardedFetch({ allowedHosts: [] }), clock: clockAt() });

    expect(await guarded.ask({ type: 'sse', url: 'https://169.254.169.254/' })).toMatchObject({ alive: false });
  });

  test('does not hide a fault of ours', async () => {
    expect(await rejectionOf(failing(new TypeError('ours')))).toEqual(new TypeError('ours'));
  });
});

describe('a handshake is kept', () => {
  /** Servers that are there or not, and how often each of them was asked. */
  function counted(alive: () => boolean | Error) {
    const clock = clockAt();
    let calls = 0;
    const mcp = new McpHandshakes({
      clock,
      fetch: async () => {
        calls += 1;
        const now = alive();
        if (now instanceof Error) throw now;
        return { status: now ? 401 : 500, headers: {}, body: new Uint8Array() };
      },
    });
    const ask = (path = '') => mcp.ask({ type: 'streamable-http', url: `https://x.example.com/${path}` });
    return { clock, ask, calls: () => calls };
  }

  test('for all agents that name the server, even at once', async () => {
    const { ask, calls } = counted(() => true);

    await Promise.all(Array.from({ length: 1_000 }, () => ask()));
    await ask();

    expect(calls()).toBe(1);
  });

  test('for five minutes', async () => {
    const { clock, ask, calls } = counted(() => true);
    await ask();
    clock.advance(5 * 60_000 - 1);
    await ask();
    expect(calls()).toBe(1);
    clock.advance(1);
    await ask();
    expect(calls()).toBe(2);
  });

  test('for less than a poll where nobody was there: it may be mended', async () => {
    let there = false;
    const { clock, ask, calls } = counted(() => there);
    expect(await ask()).toMatchObject({ alive: false });
    clock.advance(24_999);
    await ask();
    expect(calls()).toBe(1);
    there = true;
    clock.advance(1);
    expect(await ask()).toMatchObject({ alive: true });
  });

  test('apart from those of other addresses', async () => {
    const { ask, calls } = counted(() => true);

    await Promise.all([ask('a'), ask('b'), ask('a')]);

    expect(calls()).toBe(2);
  });

  test('not where it failed by a fault of ours', async () => {
    let fault = true;
    const { ask } = counted(() => (fault ? new TypeError('ours') : true));
    await rejectionOf(ask());
    fault = false;

    expect(await ask()).toMatchObject({ alive: true });
  });

  test('not for ever, however many addresses there are', async () => {
    const { ask, calls } = counted(() => true);
    for (let n = 0; n <= 5_000; n += 1) await ask(String(n));

    await ask('5000');
    expect(calls()).toBe(5_001);
    await ask('0');
    expect(calls()).toBe(5_002);
  });
});
