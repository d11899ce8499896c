import type { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { CheckTarget, HttpCheck } from '../../../../lambdas/health/checks/checker.ts';
import { HttpChecker, MAX_SOCKETS } from '../../../../lambdas/health/checks/http-check.ts';
import { outcomeOf } from '../../../../lambdas/health/health-status.ts';
import { systemClock } from '../../../../lambdas/shared/clock.ts';
import { createGuardedFetch, type GuardedFetch } from '../../../../lambdas/shared/guarded-fetch.ts';
import { clockAt, START } from '../../../support/agents.ts';
import { selfSigned } from '../../../support/certificate.ts';
import { httpTarget, inAMinute, lambdaTarget } from '../../../support/check-targets.ts';
import { httpAnswer, type TcpServer, tcpServer } from '../../../support/tcp-server.ts';

/** Every name leads to this machine, and only what is allowed may be there. */
const fetchFrom = (allowedHosts: readonly string[]) =>
  createGuardedFetch({ allowedHosts, resolve: async () => ['127.0.0.1'] });
const LOOPBACK = fetchFrom(['127.0.0.1']);

const checkerOf = (fetch: GuardedFetch, faults: unknown[] = []) =>
  new HttpChecker({ fetch, clock: systemClock, onFault: (agentId, error) => faults.push([agentId, error]) });

async function checking(targets: readonly CheckTarget[], fetch: GuardedFetch = LOOPBACK) {
  const results = await checkerOf(fetch).check(targets, inAMinute());
  return [...results.values()].map((result) => ({
    told: `${outcomeOf(result)} ${result.details?.reason}`,
    status: result.details?.status,
  }));
}

/** What comes of checking the one address of a server that does this. */
async function facing(speak: (socket: Socket) => void, check: Partial<HttpCheck> = {}) {
  await using server = await tcpServer(speak);
  const [result] = await checking([httpTarget('a', { url: `http://${server.host}/`, ...check })]);
  await server.allClosed();
  return result;
}

const says = (head: string, body?: string) => (socket: Socket) => socket.end(httpAnswer(head, body));

describe('an endpoint', () => {
  test.each([
    ['200 OK', { told: 'passed OK', status: 200 }],
    ['204 No Content', { told: 'failed HTTP_STATUS', status: 204 }],
    ['301 Moved Permanently\r\nLocation: /elsewhere', { told: 'failed HTTP_STATUS', status: 301 }],
    ['401 Unauthorized', { told: 'passed GATED', status: 401 }],
    ['403 Forbidden', { told: 'passed GATED', status: 403 }],
    ['404 Not Found', { told: 'failed HTTP_STATUS', status: 404 }],
    ['500 Internal Server Error', { told: 'failed HTTP_STATUS', status: 500 }],
    ['503 Service Unavailable', { told: 'failed HTTP_STATUS', status: 503 }],
  ])('that answers %p', async (head, result) => {
    expect(await facing(says(head))).toEqual(result);
  });

  test('is believed by its headers: a body that never ends is not waited for', async () => {
    const endless = (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour');

    expect(await facing(endless)).toEqual({ told: 'passed OK', status: 200 });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    ['begins to speak and stops', (socket) => socket.write('HTTP/1.1 200 OK\r\nX-Half: ')],
  ])('that %s is late', async (_, speak) => {
    expect(await facing(speak, { timeoutSeconds: 0.1 })).toEqual({ told: 'failed TIMEOUT' });
  });

  test('that is slow, but not too slow, is well', async () => {
    const slow = (socket: Socket) => {
      setTimeout(() => socket.end(httpAnswer('200 OK')), 50);
    };

    expect(await facing(slow, { timeoutSeconds: 5 })).toMatchObject({ told: 'passed OK' });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['hangs up', (socket) => socket.resetAndDestroy()],
    ['speaks no HTTP', (socket) => socket.end('220 mail ready\r\n')],
  ])('that %s cannot be reached', async (_, speak) => {
    expect(await facing(speak)).toEqual({ told: 'failed UNREACHABLE' });
  });

  test('that nobody listens at cannot be reached', async () => {
    const server = await tcpServer(() => undefined);
    await server[Symbol.asyncDispose]();

    expect(await checking([httpTarget('a', { url: `http://${server.host}/` })])).toEqual([
      { told: 'failed UNREACHABLE' },
    ]);
  });

  test('whose certificate nobody trusts is not well', async () => {
    await using server = await tcpServer(says('200 OK'), selfSigned('agent.example'));
    const url = `https://agent.example:${server.port}/`;

    expect(await checking([httpTarget('a', { url })], fetchFrom(['agent.example']))).toEqual([{ told: 'failed TLS' }]);
  });

  test('has as much time as its check says, and ten seconds where it says nothing', async () => {
    const given: (number | undefined)[] = [];
    const fetch: GuardedFetch = async (_, request) => {
      given.push(request?.timeoutMs);
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    };
    const checker = new HttpChecker({ fetch, clock: clockAt() });

    await checker.check([httpTarget('a'), httpTarget('b', { timeoutSeconds: 3 })], START + 60_000);

    expect(given).toEqual([10_000, 3_000]);
  });

  test('is told of with when it was asked, and how long it took', async () => {
    const clock = clockAt();
    const fetch: GuardedFetch = async () => {
      clock.advance(123);
      return { status: 500, headers: {}, body: Buffer.alloc(0) };
    };

    const results = await new HttpChecker({ fetch, clock }).check([httpTarget('a')], START + 60_000);

    expect(results.get('a')).toEqual({
      agentId: 'a',
      healthy: false,
      timestamp: START,
      responseTime: 123,
      error: 'it answers with another status than 200',
      details: { source: 'http', reason: 'HTTP_STATUS', status: 500 },
    });
  });
});

describe('an address that is not allowed', () => {
  const connections = async (url: (server: TcpServer) => string, fetch: GuardedFetch) => {
    let connected = 0;
    await using server = await tcpServer(says('200 OK'));
    const results = await checking([httpTarget('a', { url: url(server) })], fetch);
    connected = server.requests.length;
    return { results, connected };
  };
  const REFUSED = { results: [{ told: 'failed FORBIDDEN_ADDRESS' }], connected: 0 };

  test('is never connected to', async () => {
    expect(await connections(({ host }) => `http://${host}/`, fetchFrom([]))).toEqual(REFUSED);
  });

  test('nor is one that leads there by a name', async () => {
    expect(await connections(({ port }) => `https://agent.example:${port}/`, fetchFrom([]))).toEqual(REFUSED);
  });

  test.each(['10.1.2.3', '169.254.169.254', '192.168.0.1', 'fd00::1', '::ffff:127.0.0.1'])(
    'nor one whose name leads to %p',
    async (address) => {
      const fetch = createGuardedFetch({ allowedHosts: [], resolve: async () => ['93.184.215.14', address] });

      expect(await checking([httpTarget('a', { url: 'https://agent.example/' })], fetch)).toEqual([
        { told: 'failed FORBIDDEN_ADDRESS' },
      ]);
    },
  );
});

describe('many endpoints', () => {
  const many = Array.from({ length: 2_000 }, (_, n) => httpTarget(`a-${n}`));

  test('are asked with 800 sockets at most', async () => {
    let open = 0;
    let most = 0;
    const fetch: GuardedFetch = async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    };

    const results = await checkerOf(fetch).check(many, inAMinute());

    expect([results.size, most, MAX_SOCKETS]).toEqual([2_000, 800, 800]);
  });

  test('are not asked any more once they would have too little time', async () => {
    const clock = clockAt();
    const asked: string[] = [];
    const fetch: GuardedFetch = async (url) => {
      asked.push(url);
      clock.advance(10);
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    };
    const checker = new HttpChecker({ fetch, clock });

    const results = await checker.check(
      many.map((target) => ({ ...target, check: { ...target.check, timeoutSeconds: 10 } })),
      START + 11_000,
    );

    // The first second's, in the order in which they were given.
    expect([...results.keys()]).toEqual(many.slice(0, 101).map(({ agentId }) => agentId));
    expect(asked).toHaveLength(101);
  });

  test('do not suffer from one that fails by a fault of ours', async () => {
    const fault = new TypeError('ours');
    const fetch: GuardedFetch = async (url) => {
      if (url.includes('a-1.')) throw fault;
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    };
    const faults: unknown[] = [];

    const results = await checkerOf(fetch, faults).check(many.slice(0, 3), inAMinute());

    expect([...results.keys()]).toEqual(['a-0', 'a-2']);
    expect(faults).toEqual([['a-1', fault]]);
  });
});

test('targets of other kinds are none of its business', async () => {
  expect(await checking([lambdaTarget('a')])).toEqual([]);
});
