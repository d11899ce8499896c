/**
 * Endpoints of many agents on one port of the loopback interface, told apart by the path: `/ok/…` answers 200, `/fail/…`
 * 500, `/hang/…` never. Says its port when it listens, and ends with whoever started it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  const [, kind] = (request.url ?? '').split('/');
  if (kind === 'hang') return;
  response.writeHead(kind === 'ok' ? 200 : 500).end('{"status":"told"}');
});
server.keepAliveTimeout = 1_000;
// As many as may knock at once.
server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 }, () =>
  process.send?.((server.address() as AddressInfo).port),
);
process.once('disconnect', () => process.exit());
