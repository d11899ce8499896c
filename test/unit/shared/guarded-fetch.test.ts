import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGuardedFetch, type GuardedRequest } from '../../../lambdas/shared/guarded-fetch.ts';
import { GuardedFetchError } from '../../../lambdas/shared/guarded-fetch-error.ts';
import { selfSigned } from '../../support/certificate.ts';
import { rejectionOf } from '../../support/errors.ts';
import { httpAnswer, type TcpServer, tcpServer } from '../../support/tcp-server.ts';

/** Every name leads to this machine, as hosts of the allow-list may. */
const fetchFrom = (allowedHosts: readonly string[]) =>
  createGuardedFetch({ allowedHosts, resolve: async () => ['127.0.0.1'] });

const asking = (server: TcpServer, request: GuardedRequest = {}, path = '/') =>
  fetchFrom(['127.0.0.1'])(`http://${server.host}${path}`, request);

/** How asking fails, when this is all that the server does. */
async function failure(speak: (socket: Socket) => void, request: GuardedRequest = {}) {
  await using server = await tcpServer(speak);
  const error = await rejectionOf(asking(server, { timeoutMs: 5_000, ...request }));
  expect(error).toBeInstanceOf(GuardedFetchError);
  await server.allClosed();
  return (error as GuardedFetchError).kind;
}

describe('an answer', () => {
  test('is handed back with its status, headers and bytes', async () => {
    await using server = await tcpServer((socket) => socket.end(httpAnswer('404 Not Found\r\nX-Kind: none', 'né')));

    const { status, headers, body } = await asking(server);

    expect([status, headers['x-kind'], Buffer.from(body).toString()]).toEqual([404, 'none', 'né']);
  });

  test('answers what was asked', async () => {
    await using server = await tcpServer((socket) => socket.end(httpAnswer('200 OK')));

    await asking(server, { method: 'POST', headers: { accept: 'text/plain' }, body: 'né' }, '/a?b=c');

    const [head = '', sent] = server.requests.join('').split('\r\n\r\n');
    expect(head.split('\r\n')[0]).toBe('POST /a?b=c HTTP/1.1');
    expect(head.toLowerCase().split('\r\n').slice(1).sort()).toEqual([
      'accept: text/plain',
      'connection: close',
      'content-length: 3',
      `host: ${server.host}`,
    ]);
    expect(sent).toBe('né');
  });

  test('is not followed where it leads elsewhere', async () => {
    await using server = await tcpServer((socket) =>
      socket.end(httpAnswer('302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/')),
    );

    const { status, headers } = await asking(server);

    expect(status).toBe(302);
    expect(headers.location).toBe('http://169.254.169.254/latest/meta-data/');
    expect(server.requests).toHaveLength(1);
  });

  test('stays compressed: a small one never becomes a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));
    await using server = await tcpServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.end(bomb);
    });

    expect(Buffer.from((await asking(server, { maxBytes: 64 * 1024 })).body)).toEqual(bomb);
  });

  test('to HEAD has no body, however long it says that it is', async () => {
    await using server = await tcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n'));

    expect((await asking(server, { method: 'HEAD' })).body).toHaveLength(0);
  });

  test('is read no further than it must be', async () => {
    await using server = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n');
    });

    const { body } = await asking(server, { enough: (_, part) => part.length > 0 });

    expect(Buffer.from(body).toString()).toBe('data: 1\n\n');
    await server.allClosed();
  });

  test('is not read at all where its headers are enough', async () => {
    await using server = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n');
    });

    const { headers, body } = await asking(server, { enough: ({ status }) => status === 200 });

    expect([headers['content-type'], body.length]).toEqual(['text/event-stream', 0]);
    await server.allClosed();
  });

  test('leaves no connection behind, though the server would keep it', async () => {
    await using server = await tcpServer((socket) =>
      socket.write(httpAnswer('200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=600', 'x')),
    );

    await Promise.all(Array.from({ length: 50 }, () => asking(server)));
    await server.allClosed();

    expect(server.requests).toHaveLength(50);
  });
});

describe('the time', () => {
  const soon = { timeoutMs: 50 };

  test('ends where nothing is answered', async () => {
    expect(await failure(() => undefined, soon)).toBe('timeout');
  });

  /** One byte each 5 ms, for ever. */
  const dripping = (beginning: string) => (socket: Socket) => {
    socket.write(beginning);
    const timer = setInterval(() => socket.write('a'), 5);
    socket.once('close', () => clearInterval(timer));
  };

  test('ends where the headers never end', async () => {
    expect(await failure(dripping('HTTP/1.1 200 OK\r\nX-Slow: '), soon)).toBe('timeout');
  });

  test('ends where the body never ends', async () => {
    expect(await failure(dripping('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'), soon)).toBe('timeout');
  });

  test('ends where other answers come first, again and again', async () => {
    const hinting = (socket: Socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5);
      socket.once('close', () => clearInterval(timer));
    };

    expect(await failure(hinting, soon)).toBe('timeout');
  });

  test('ends where a name is not resolved, and nothing is connected to when it is at last', async () => {
    let tell: (addresses: readonly string[]) => void = () => undefined;
    const connected: unknown[] = [];
    const fetch = createGuardedFetch({
      allowedHosts: [],
      resolve: () => new Promise((resolve) => (tell = resolve)),
      connect: (target) => {
        connected.push(target);
        throw new Error('not to be called');
      },
    });

    const error = await rejectionOf(fetch('https://slow.example.com/', soon));
    tell(['8.8.8.8']);
    await new Promise(setImmediate);

    expect(error).toMatchObject({ kind: 'timeout' });
    expect(connected).toEqual([]);
  });
});

describe('the size', () => {
  test('ends what is too large by its own word', async () => {
    const speak = (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n');

    expect(await failure(speak)).toBe('too-large');
  });

  test('ends what grows too large, and takes little more than that', async () => {
    let written = 0;
    const flooding = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = () => {
        if (socket.destroyed || written > 64 * 1024 * 1024) return;
        written += 64 * 1024;
        socket.write(`10000\r\n${'x'.repeat(64 * 1024)}\r\n`, more);
      };
      more();
    };

    expect(await failure(flooding, { maxBytes: 1024 * 1024 })).toBe('too-large');
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  test('may be reached, not passed', async () => {
    await using server = await tcpServer((socket) => socket.end(httpAnswer('200 OK', 'x'.repeat(1000))));

    expect((await asking(server, { maxBytes: 1000 })).body).toHaveLength(1000);
    expect(await rejectionOf(asking(server, { maxBytes: 999 }))).toMatchObject({ kind: 'too-large' });
  });
});

describe('what fails', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['the connection is reset', (socket) => socket.resetAndDestroy()],
    ['it ends without an answer', (socket) => socket.end()],
    ['the body is cut off', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')],
    ['it is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['the headers are too many', (socket) => socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`)],
    [
      'two lengths are named',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    ],
    [
      'another protocol is offered',
      (socket) => socket.end('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
  ])('is told as unreachable: %s', async (_, speak) => {
    expect(await failure(speak)).toBe('unreachable');
  });

  test('is told as unreachable where nobody listens', async () => {
    const server = await tcpServer(() => undefined);
    await server[Symbol.asyncDispose]();

    expect(await rejectionOf(asking(server))).toMatchObject({ kind: 'unreachable' });
  });

  test('is told without the network behind it', async () => {
    const server = await tcpServer(() => undefined);
    await server[Symbol.asyncDispose]();

    const error = await rejectionOf(fetchFrom(['secret.corp'])(`http://secret.corp:${server.port}/`));

    expect(error).toEqual(new GuardedFetchError('unreachable'));
    expect(JSON.stringify([String(error), error])).not.toMatch(/127\.0\.0\.1|ECONN/);
    expect((error as Error).cause).toBeUndefined();
  });

  test('is told as it is where our own call is wrong', async () => {
    await using server = await tcpServer((socket) => socket.end(httpAnswer('200 OK')));

    const error = await rejectionOf(asking(server, { headers: { 'x-bad': 'a\r\nb' } }));

    expect(error).toHaveProperty('code', 'ERR_INVALID_CHAR');
  });
});

describe('a host inside a VPC', () => {
  test('is refused where the allow-list does not name it', async () => {
    await using server = await tcpServer((socket) => socket.end(httpAnswer('200 OK')));

    for (const address of [`http://${server.host}/`, `https://${server.host}/`]) {
      expect(await rejectionOf(fetchFrom([])(address))).toMatchObject({ kind: 'forbidden' });
    }
    expect(server.requests).toEqual([]);
  });

  test('is reached by its name where the allow-list names it', async () => {
    await using server = await tcpServer((socket) => socket.end(httpAnswer('200 OK')));

    expect(await fetchFrom(['mcp.corp'])(`http://mcp.corp:${server.port}/`)).toMatchObject({ status: 200 });
    expect(server.requests[0]).toContain(`Host: mcp.corp:${server.port}\r\n`);
  });

  test.each(['169.254.169.254', 'fe80::1', 'fd00:ec2::254'])('never leads to %s', async (metadata) => {
    const fetch = createGuardedFetch({ allowedHosts: ['mcp.corp'], resolve: async () => ['127.0.0.1', metadata] });

    expect(await rejectionOf(fetch('http://mcp.corp/'))).toMatchObject({ kind: 'forbidden' });
  });

  test('is found in the hosts file too', async () => {
    const server = createServer((_, response) => response.end('here')).listen(0, 'localhost');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;

    const { body } = await createGuardedFetch({ allowedHosts: ['localhost'] })(`http://localhost:${port}/`);
    server.close();

    expect(Buffer.from(body).toString()).toBe('here');
  });
});

describe('TLS', () => {
  const certificate = selfSigned('mcp.corp');
  const usual = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...usual, certificate.cert]));
  afterAll(() => setDefaultCACertificates(usual));

  const overTls = (presented = certificate) =>
    tcpServer((socket) => socket.end(httpAnswer('200 OK', 'secret')), presented);
  const fetch = fetchFrom(['mcp.corp', 'other.corp', '127.0.0.1']);

  test('is spoken with the host that the address names', async () => {
    await using server = await overTls();

    expect(await fetch(`https://mcp.corp:${server.port}/`)).toMatchObject({ status: 200 });
  });

  test.each(['other.corp', '127.0.0.1'])(
    'is refused where the certificate is of another host than %s',
    async (host) => {
      await using server = await overTls();

      expect(await rejectionOf(fetch(`https://${host}:${server.port}/`))).toMatchObject({ kind: 'tls' });
      expect(server.requests).toEqual([]);
    },
  );

  test('is refused where nobody vouches for the certificate', async () => {
    await using server = await overTls(selfSigned('mcp.corp'));

    expect(await rejectionOf(fetch(`https://mcp.corp:${server.port}/`))).toMatchObject({ kind: 'tls' });
  });

  test('is not replaced by plain text', async () => {
    await using server = await tcpServer((socket) => socket.end(httpAnswer('200 OK')));

    expect(await rejectionOf(fetch(`https://mcp.corp:${server.port}/`))).toMatchObject({ kind: 'tls' });
  });

  test('ends in time where the handshake does not', async () => {
    await using server = await tcpServer(() => undefined);

    expect(await rejectionOf(fetch(`https://mcp.corp:${server.port}/`, { timeoutMs: 50 }))).toMatchObject({
      kind: 'timeout',
    });
  });
});
