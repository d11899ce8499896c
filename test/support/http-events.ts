import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { apiHandler } from '../../lambdas/shared/http/api-handler.ts';

/** What a test says of a request. */
export interface EventParts {
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly params?: Record<string, string>;
  /** An object goes out as JSON. */
  readonly body?: unknown;
  /** What the gateway's authoriser verified. */
  readonly authorizer?: object | undefined;
  /** Key of the route that the gateway chose; absent: the request itself. */
  readonly routeKey?: string;
}

/** A request as API Gateway gives it (HTTP API, payload format 2.0), by its `METHOD /path`. */
export function anEvent(request: string, parts: EventParts = {}): APIGatewayProxyEventV2 {
  const [method = '', path = ''] = request.split(' ');
  const { headers = {}, query, params, body, authorizer, routeKey = request } = parts;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers,
    ...(query && { queryStringParameters: query }),
    ...(params && { pathParameters: params }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'gateway-1',
      routeKey,
      stage: '$default',
      time: '21/Nov/2026:10:00:00 +0000',
      timeEpoch: 1795255200000,
      ...(authorizer && { authorizer }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

/** The context that Lambda gives with an event. */
export const aLambdaContext = (): Context => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:test',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: '/aws/lambda/test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 10_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/** Sends a request to a function's handler, as Lambda would. */
export async function invoke(
  handler: ReturnType<typeof apiHandler>,
  request: string,
  parts: EventParts = {},
): Promise<APIGatewayProxyStructuredResultV2> {
  // middy's normaliser types the event as it leaves it; the gateway sends it without.
  return handler(anEvent(request, parts) as Parameters<typeof handler>[0], aLambdaContext());
}
