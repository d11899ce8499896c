import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import httpEventNormalizer from '@middy/http-event-normalizer';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { NotFoundError, RegistryError } from '../errors.ts';
import { logger } from '../telemetry.ts';
import { compressedAnswers, conditionalReads } from './caching.ts';
import { jsonBody } from './json-body.ts';
import { problemResponse } from './problem.ts';
import { type ApiRequest, type ApiResponse, principalOf } from './request.ts';

/** One route: takes a checked request, calls one use case, shapes the answer. */
export type Route = (request: ApiRequest) => Promise<ApiResponse>;

/** How a function's API is put together. */
export interface ApiOptions {
  /** Whether a request without a verified identity is served, as `anonymous`. */
  allowAnonymous: boolean;
  /** Routes that anybody may call, by their `METHOD /path` key. */
  open?: readonly string[];
  /** Routes whose body may be left out, by their key: they get `{}` then. */
  optionalBody?: readonly string[];
}

type ApiEvent = APIGatewayProxyEventV2;
type ApiResult = APIGatewayProxyStructuredResultV2;

function toResult({ status, headers, body }: ApiResponse): ApiResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    statusCode: status,
    headers: {
      ...(text !== undefined && { 'Content-Type': 'application/json' }),
      'Cache-Control': 'no-cache',
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  };
}

function routeHandler(key: string, route: Route, { allowAnonymous, open = [], optionalBody = [] }: ApiOptions) {
  const takesBody = /^(POST|PUT) /.test(key);
  const handler = middy<ApiEvent, ApiResult>().handler(async (event) => {
    const request: ApiRequest = {
      params: (event.pathParameters ?? {}) as Record<string, string>,
      query: (event.queryStringParameters ?? {}) as Record<string, string>,
      headers: event.headers,
      body: takesBody ? (event.body as unknown) : undefined,
      principal: principalOf(event, allowAnonymous || open.includes(key)),
    };
    return toResult(await route(request));
  });
  return takesBody ? handler.use(jsonBody({ optional: optionalBody.includes(key) })) : handler;
}

/** Turns whatever was thrown into a problem document, and logs what nobody expected. */
function problems(): MiddlewareObj<ApiEvent, ApiResult> {
  return {
    onError: ({ error, event, context, response }) => {
      if (response !== undefined) return response;
      if (!(error instanceof RegistryError)) logger.error('Unexpected error', { error });
      else if (error.status >= 500) logger.warn('Could not serve', { error });
      return problemResponse(error, event.requestContext.http.path, context.awsRequestId);
    },
  };
}

/**
 * A Lambda handler for an HTTP API (payload format 2.0) that serves `routes`, keyed as the gateway's route keys are;
 * everything else is a 404 problem. The gateway has matched the path and asked its authoriser by then: matching it here
 * again could serve under one route what was authorised as another.
 * The middlewares are listed from the outermost to the innermost.
 */
export function apiHandler(routes: Readonly<Record<string, Route>>, options: ApiOptions) {
  const handlers = new Map(Object.entries(routes).map(([key, route]) => [key, routeHandler(key, route, options)]));
  return middy<ApiEvent, ApiResult>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(problems())
    .use(httpEventNormalizer())
    .use(httpHeaderNormalizer())
    .use(compressedAnswers())
    .use(conditionalReads())
    .handler(async (event, context) => {
      const handler = handlers.get(event.routeKey);
      if (handler) return handler(event, context);
      const { method, path } = event.requestContext.http;
      throw new NotFoundError(`There is no route ${method} ${path}.`);
    });
}
