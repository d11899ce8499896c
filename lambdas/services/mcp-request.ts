import { isObject, type Json } from '../agents/merge.ts';
import type { GuardedFetch, GuardedResponse } from '../shared/guarded-fetch.ts';
import { EventStream } from './event-stream.ts';

/** What a server answers to a request (JSON-RPC 2.0): one of the two. */
export interface McpAnswer {
  readonly result?: Json;
  readonly error?: Json;
}

export interface McpResponse {
  readonly status: number;
  readonly headers: GuardedResponse['headers'];
  /** Absent where what came is no answer to the request. */
  readonly answer?: McpAnswer;
}

export interface McpRequest {
  readonly method: string;
  readonly params: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A handshake is small; instructions for models that come with it may be long. */
const MAX_BYTES = 128 * 1024;

/** Of the one request that is sent. */
const ID = 1;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer to our request. Servers of 2025-03-26 may put it into a list with others. */
function answerIn(text: string): McpAnswer | undefined {
  const value = parsed(text);
  const messages: unknown[] = Array.isArray(value) ? value : [value];
  const message = messages.find((one) => isObject(one) && one.jsonrpc === '2.0' && (one.id === ID || one.id === null));
  if (!isObject(message)) return undefined;
  if (isObject(message.result)) return { result: message.result };
  return isObject(message.error) ? { error: message.error } : undefined;
}

/** Whether what comes is a stream of events. */
export const isEventStream = ({ headers }: Pick<GuardedResponse, 'headers'>): boolean =>
  /^text\/event-stream\s*(;|$)/i.test(headers['content-type'] ?? '');

/**
 * Sends one request over MCP's streamable HTTP and reads until its answer is there (MCP specification, "Transports").
 *
 * @throws GuardedFetchError
 */
export async function askMcp(
  fetch: GuardedFetch,
  url: string,
  { method, params, headers }: McpRequest,
  timeoutMs: number,
): Promise<McpResponse> {
  const events = new EventStream();
  let answer: McpAnswer | undefined;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: ID, method, params }),
    maxBytes: MAX_BYTES,
    timeoutMs,
    // A stream may stay open after the answer, for what else the server has to say.
    enough: (head, part) => {
      if (isEventStream(head)) for (const data of events.read(part)) answer ??= answerIn(data);
      return answer !== undefined;
    },
  });
  answer ??= answerIn(Buffer.from(response.body).toString());
  return { status: response.status, headers: response.headers, ...(answer && { answer }) };
}
