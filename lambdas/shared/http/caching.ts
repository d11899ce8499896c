import { createHash } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { onDemand } from '../on-demand.ts';

type Middleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

/** Bodies smaller than this, in bytes, go out as they are: compressing and base64 cost more than they save. */
const COMPRESS_FROM = 2_048;

/** A tag without the mark of weakness: `If-None-Match` compares weakly (RFC 9110, section 13.1.2). */
const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

const weakTag = (body: string): string => `W/"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;

const matches = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag));

/** Gives successful reads an entity tag, and answers 304 without a body to a caller that has it already. */
export function conditionalReads(): Middleware {
  return {
    after: ({ event, response }) => {
      const { method } = event.requestContext.http;
      if (response?.statusCode !== 200 || method !== 'GET' || !response.body) return;
      const etag = String(response.headers?.ETag ?? weakTag(response.body));
      response.headers = { ...response.headers, ETag: etag };
      const known = event.headers['if-none-match'];
      if (known === undefined || !matches(known, etag)) return;
      response.statusCode = 304;
      delete response.body;
      const { 'Content-Type': _type, ...headers } = response.headers;
      response.headers = headers;
    },
  };
}

/** The first answer that is worth it loads this: negotiation and streams took 5 ms of each start. */
const compression = onDemand(() => import('./compression.ts'));

/** middy's content encoding for bodies that are worth it, where the caller takes gzip. */
export function compressedAnswers(): Middleware {
  return {
    after: async (request) => {
      const { body } = request.response ?? {};
      if (body !== undefined && Buffer.byteLength(body) >= COMPRESS_FROM) await (await compression()).compress(request);
    },
  };
}
