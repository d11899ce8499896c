import { randomUUID } from 'node:crypto';
import { localStack } from './local-stack.ts';

/** An answer of the API, its JSON body parsed. */
export interface ApiAnswer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** Calls the deployed registry, or another address that stands before it. */
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
  return { status: response.status, headers: response.headers, text, body: (text ? JSON.parse(text) : {}) as Body };
}

/** A word that no other test uses: the stack is shared by all files of a run. */
export const unique = (word: string): string => `${word}-${randomUUID().slice(0, 8)}`;
