import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { UnauthenticatedError, ValidationError } from '../errors.ts';

/** What a route gets: the request, checked and free of the gateway's shapes. */
export interface ApiRequest {
  /** Path parameters, decoded. */
  params: Readonly<Record<string, string>>;
  /** Query parameters; a repeated one is joined by commas, as the gateway does. */
  query: Readonly<Record<string, string>>;
  /** Header values by lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON body; `undefined` where the route takes none. */
  body: unknown;
  /** Who is calling: the authoriser's word, or `anonymous` on the local stack. */
  principal: string;
}

/** What a route answers. A `body` that is text goes out as it is; anything else as JSON. */
export interface ApiResponse {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

/** The part of the gateway's event that tells who is calling (API Gateway, "payload format version 2.0"). */
interface Authorizer {
  iam?: { userArn?: string };
  jwt?: { claims?: { sub?: unknown } };
}

/** The caller's name on a stage without an authoriser. */
export const ANONYMOUS = 'anonymous';

/** Longest principal that is kept: role session ARNs are at most 2,048 characters, in practice under 256. */
const MAX_PRINCIPAL = 512;

/**
 * Who is calling, from the authoriser's verified context and nothing else.
 *
 * @throws UnauthenticatedError when there is none and the stage does not allow that.
 */
export function principalOf(event: APIGatewayProxyEventV2, allowAnonymous: boolean): string {
  const { iam, jwt } = (event.requestContext as { authorizer?: Authorizer }).authorizer ?? {};
  const verified = iam?.userArn ?? jwt?.claims?.sub;
  if (typeof verified === 'string' && verified !== '') return verified.slice(0, MAX_PRINCIPAL);
  if (allowAnonymous) return ANONYMOUS;
  throw new UnauthenticatedError();
}

/** A boolean query parameter: `true` or `false`, absent means `false`. Throws ValidationError for anything else. */
export function booleanParameter(query: ApiRequest['query'], name: string): boolean {
  const value = query[name] ?? 'false';
  if (value !== 'true' && value !== 'false') throw ValidationError.of(name, 'boolean', 'must be true or false');
  return value === 'true';
}

/** Refuses query parameters that the route does not know: a mistyped filter must not answer with everything. */
export function assertKnownParameters(query: ApiRequest['query'], known: readonly string[]): void {
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new ValidationError(
    unknown.map((name) => ({
      field: name,
      rule: 'unknownParameter',
      message: known.length > 0 ? `is not one of ${known.join(', ')}` : 'this route takes no parameters',
    })),
  );
}

/** A whole number among the parameters, `default` when absent. Throws ValidationError for anything out of bounds. */
export function wholeNumberParameter(
  query: ApiRequest['query'],
  name: string,
  bounds: { default: number; min: number; max: number },
): number {
  const text = query[name];
  if (text === undefined) return bounds.default;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw ValidationError.of(name, 'range', `must be a whole number from ${bounds.min} to ${bounds.max}`);
}
