import { randomUUID } from 'node:crypto';
import { ApiContract } from './api-contract.ts';
import { localStack } from './local-stack.ts';

/** An answer of the API, its JSON body parsed. */
export interface ApiAnswer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

let contract: Promise<ApiContract> | undefined;

/** The deployed registry's own OpenAPI document, read once. */
export function apiContract(): Promise<ApiContract> {
  contract ??= fetch(`${localStack().apiUrl}/registry/openapi.json`)
    .then((response) => response.json())
    .then((document) => new ApiContract(document as object));
  return contract;
}

/**
 * Calls the deployed registry, or another address that stands before it. Every answer is held against the OpenAPI
 * document: a test that calls the API tests its description too.
 */
export async function call<Body = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  baseUrl: string = localStack().apiUrl,
): Promise<ApiAnswer<Body>> {
  const isText = typeof body === 'string';
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  const answer = { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : {} };
  (await apiContract()).assertDocumented(method, path, answer);
  return answer as ApiAnswer<Body>;
}

/** A word that no other test uses: the stack is shared by all files of a run. */
export const unique = (word: string): string => `${word}-${randomUUID().slice(0, 8)}`;
