import type { MiddlewareObj } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { RegistryError, TooLargeError, ValidationError } from '../errors.ts';
import { assertStrictJson } from '../strict-json.ts';

/** Largest body that is read, in bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

const JSON_TYPES = /^application\/(json|merge-patch\+json)\s*(;|$)/i;

const bodyBytes = ({ body, isBase64Encoded }: APIGatewayProxyEventV2): number =>
  Buffer.byteLength(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

function assertReadable(event: APIGatewayProxyEventV2): void {
  if (bodyBytes(event) > MAX_BODY_BYTES) throw new TooLargeError(`A body may have at most ${MAX_BODY_BYTES} bytes.`);
  if (bodyBytes(event) === 0) throw ValidationError.of('', 'required', 'a JSON body is needed');
  const type = event.headers['content-type'];
  if (type !== undefined && !JSON_TYPES.test(type)) {
    throw ValidationError.of('Content-Type', 'contentType', 'must be application/json or application/merge-patch+json');
  }
}

/** middy's JSON body parser, with the registry's bounds before it and {@link assertStrictJson} behind it. */
export function jsonBody(): MiddlewareObj<APIGatewayProxyEventV2> {
  const parser = httpJsonBodyParser({ disableContentTypeCheck: true });
  return {
    before: async (request) => {
      assertReadable(request.event);
      try {
        await parser.before?.(request as never);
      } catch (error) {
        if (error instanceof RegistryError) throw error;
        throw ValidationError.of('', 'json', 'the body is not well-formed JSON');
      }
      assertStrictJson(request.event.body);
    },
  };
}
