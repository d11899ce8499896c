import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CREDENTIALS, REGION } from '../../bin/local/aws-environment.ts';
import type { AwsTarget } from '../../lambdas/shared/aws-clients.ts';

/** One call of a service of AWS, as it came over the wire. */
export interface JsonCall {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface JsonAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A refusal, as the JSON protocols of AWS have it. */
export const refusal = (status: number, code: string): JsonAnswer => ({
  status,
  headers: { 'x-amzn-errortype': code },
  body: { __type: code, message: 'no', Message: 'no' },
});

/** Stands in for a service of AWS on this machine: what it says is what a test wants it to say. */
export async function jsonService(answer: (call: JsonCall) => JsonAnswer | 'hang up') {
  const calls: JsonCall[] = [];
  const server = createServer(async (request, response) => {
    const sent = await text(request);
    const path = decodeURIComponent(request.url ?? '');
    const call = { method: request.method ?? '', path, headers: request.headers, body: JSON.parse(sent || '{}') };
    calls.push(call);
    const said = answer(call);
    if (said === 'hang up') return request.socket.destroy();
    const { status = 200, headers, body } = said;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const target: AwsTarget = { endpoint: `http://127.0.0.1:${port}`, region: REGION, credentials: CREDENTIALS };
  return {
    calls,
    target,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
