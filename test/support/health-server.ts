import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Agents' endpoints on this machine, one under each path. */
export interface HealthServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: string;
}

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/good': (response) => response.writeHead(200).end('fine'),
  '/failing': (response) => response.writeHead(500).end(),
  '/hanging': () => undefined,
  '/gated': (response) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end(),
  '/.well-known/agent-card.json': (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"card","version":"1.0.0"}'),
};

/** Starts the endpoints; what is under no path is not there. */
export async function startHealthServer(): Promise<HealthServer> {
  const server = createServer(({ url = '/' }, response) => {
    const answer = ANSWERS[url];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
