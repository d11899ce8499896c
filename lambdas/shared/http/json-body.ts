import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { TooLargeError, ValidationError } from '../errors.ts';
import { assertStrictJson } from '../strict-json.ts';

/** Largest body that is read, in bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

export interface JsonBodyOptions {
  /** Whether no body means `{}`. @default - a body is needed */
  optional?: boolean;
}

const JSON_TYPES = /^application\/(json|merge-patch\+json)\s*(;|$)/i;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

const bytesOf = ({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    throw ValidationError.of('', 'json', 'the body is not well-formed JSON in UTF-8');
  }
}

/**
 * Parses the body of a request, within the registry's bounds (CONTRACT.md, "Problem"): where middy's own parser
 * answers 415 and 422, callers are promised 400 and the rule that was broken.
 */
export function jsonBody({ optional }: JsonBodyOptions = {}): MiddlewareObj<APIGatewayProxyEventV2> {
  return {
    before: ({ event }) => {
      const bytes = bytesOf(event);
      if (bytes.length === 0 && optional) {
        Object.assign(event, { body: {} });
        return;
      }
      if (bytes.length > MAX_BODY_BYTES) throw new TooLargeError(`A body may have at most ${MAX_BODY_BYTES} bytes.`);
      if (bytes.length === 0) throw ValidationError.of('', 'required', 'a JSON body is needed');
      const type = event.headers['content-type'];
      if (type !== undefined && !JSON_TYPES.test(type)) {
        throw ValidationError.of(
          'Content-Type',
          'contentType',
          'must be application/json or application/merge-patch+json',
        );
      }
      const body = parsed(bytes);
      assertStrictJson(body);
      Object.assign(event, { body });
    },
  };
}
