import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a proxy does with a request, once its body is read. `forward` sends it on and gives the whole answer. */
export type Meddle = (
  incoming: { body: Buffer; path: string },
  forward: () => Promise<Forwarded>,
  response: ServerResponse,
) => Promise<void>;

/** An answer from behind the proxy. */
export interface Forwarded {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** A server on loopback that stands before another one and meddles with what passes. */
export interface MeddlingProxy {
  readonly url: string;
  /** Takes effect for the requests that come from now on. */
  meddle(meddle: Meddle): void;
  close(): Promise<void>;
}

/** Sends an answer on as it came. */
export const passOn = async (forward: () => Promise<Forwarded>, response: ServerResponse): Promise<void> => {
  const { status, headers, body } = await forward();
  response.writeHead(status, headers).end(body);
};

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(origin: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(url ?? '/', origin), { method, headers }, (answer) => {
      bodyOf(answer).then(
        (answered) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: answered }),
        reject,
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

/** Starts a proxy before `origin` (scheme, host and port) that passes everything on until told otherwise. */
export async function startProxy(origin: string): Promise<MeddlingProxy> {
  let current: Meddle = (_incoming, forward, response) => passOn(forward, response);
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    const forward = () => send(origin, incoming, body);
    await current({ body, path: incoming.url ?? '/' }, forward, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    meddle(meddle) {
      current = meddle;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
