import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { RegistryError } from '../errors.ts';

/** An RFC 9457 problem document, as CONTRACT.md has it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: { field: string; rule: string; message: string }[];
}

const INTERNAL = { status: 500, type: 'internal', title: 'The registry failed', errors: [] } as const;

/** The answer that explains an error; of an unexpected one it says nothing but where to look. */
export function problemResponse(
  error: unknown,
  instance: string,
  requestId: string,
): APIGatewayProxyStructuredResultV2 {
  const expected = error instanceof RegistryError;
  const { status, type, title, errors } = expected ? error : INTERNAL;
  const problem: Problem = {
    type: `urn:agent-registry:problem:${type}`,
    title,
    status,
    detail: expected ? error.message : `Something went wrong that is not your fault. Request id: ${requestId}`,
    instance,
    ...(errors.length > 0 && { errors: [...errors] }),
  };
  const retryAfter = expected ? error.retryAfter : undefined;
  return {
    statusCode: status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    },
    body: JSON.stringify(problem),
  };
}
