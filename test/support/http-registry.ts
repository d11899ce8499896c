import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from './agents.ts';
import { answerOf } from './remote-registry.ts';

/** A registry in memory that answers over HTTP on this machine, for other registries to follow. */
export interface HttpRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: string;
  /** Answered to everything while it is set. */
  status: number | undefined;
}

export async function startHttpRegistry(context: TestContext): Promise<HttpRegistry> {
  const server = createServer(async ({ url = '/' }, response) => {
    const { status, body } = registry.status === undefined ? await answerOf(context, url) : { ...registry, body: {} };
    response.writeHead(status ?? 500, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry: HttpRegistry = {
    host,
    url: `http://${host}`,
    status: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return registry;
}
