import type { MiddlewareObj } from '@middy/core';
import httpContentEncoding from '@middy/http-content-encoding';
import httpContentNegotiation from '@middy/http-content-negotiation';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

type Middleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
type Request = Parameters<NonNullable<Middleware['after']>>[0];

/** Only the encoding is chosen; a caller that takes none of ours gets the plain answer. */
const negotiation = httpContentNegotiation({
  parseCharsets: false,
  parseLanguages: false,
  parseMediaTypes: false,
  availableEncodings: ['gzip'],
  failOnMismatch: false,
});
const encoding = httpContentEncoding();

/** Compresses the answer, where the caller takes gzip. */
export async function compress(request: Request): Promise<void> {
  await negotiation.before?.(request as never);
  await encoding.after?.(request as never);
}
