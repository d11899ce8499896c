import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { judgeAddress, judgeUrl } from './address-rules.ts';
import { type AllowedHosts, isAllowed, portOf } from './allowed-hosts.ts';
import { GuardedFetchError, toGuardedFetchError } from './guarded-fetch-error.ts';
import { type Resolve, resolveHost } from './resolve-host.ts';

/** Where a request goes: addresses that were judged, and nothing else. */
export interface Target {
  readonly url: URL;
  readonly addresses: readonly string[];
}

/** Opens the connection of a request. */
export type Connect = (target: Target) => Duplex;

export interface Guard {
  /** Hosts that may be reached by http and under private addresses. */
  readonly allowedHosts: AllowedHosts;
  /** @default - the system's own: DNS, and the hosts file for hosts of the allow-list */
  readonly resolve?: Resolve;
  /** @default - TCP, and TLS for https */
  readonly connect?: Connect;
}

export interface GuardedRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** They come from our own code: whoever gives an address gives no headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Most bytes of a body that are taken. @default - 1 MiB */
  readonly maxBytes?: number;
  /** From the call to the last byte of the answer: DNS, connecting, TLS, headers, body. @default - 10 seconds */
  readonly timeoutMs?: number;
  /**
   * Asked when the headers are there (with an empty part) and after each part of the body: `true` ends the reading. What
   * never ends by itself, such as a stream of events, is read so.
   */
  readonly enough?: (head: Pick<GuardedResponse, 'status' | 'headers'>, part: Uint8Array) => boolean;
}

export interface GuardedResponse {
  /** A redirect is an answer like others: nobody follows it. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it was sent: what is compressed stays so. */
  readonly body: Uint8Array;
}

/** Throws {@link GuardedFetchError}. */
export type GuardedFetch = (address: string, request?: GuardedRequest) => Promise<GuardedResponse>;

const DEFAULTS = { maxBytes: 1024 * 1024, timeoutMs: 10_000 } as const;

/** The agents' default of 250 ms takes a far or busy host for one that does not answer. */
const NEXT_ADDRESS_MS = 1_000;

const openSocket: Connect = ({ url, addresses }) => {
  const judged = addresses.map((address) => ({ address, family: isIP(address) }));
  // Node connects to what this says: there is no second question that DNS could answer otherwise.
  // In a tick of its own: a connection that fails at once must find somebody who listens.
  const lookup: LookupFunction = (_host, { all }, done) =>
    process.nextTick(() => (all ? done(null, judged) : done(null, judged[0]?.address ?? '', judged[0]?.family)));
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const options = { host, port: portOf(url), lookup, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS };
  if (url.protocol === 'http:') return connectTcp(options);
  return connectTls({ ...options, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 && { servername: host }) });
};

/** Every address of the host, each of them judged: one that is forbidden forbids them all. */
async function findTarget(url: URL, guard: Guard): Promise<Target> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const allowed = isAllowed(url, guard.allowedHosts);
  // judgeUrl has judged what is written as an address.
  if (isIP(host) !== 0) return { url, addresses: [host] };
  const addresses = await (guard.resolve ?? resolveHost)(host, { allowed });
  if (addresses.length === 0) throw new GuardedFetchError('unreachable');
  const refused = addresses.map((ip) => judgeAddress(ip, { allowed })).find((refusal) => refusal !== undefined);
  if (refused) throw new GuardedFetchError('forbidden', refused.message);
  return { url, addresses };
}

async function readBody(response: IncomingMessage, request: GuardedRequest): Promise<GuardedResponse> {
  const { maxBytes = DEFAULTS.maxBytes, method, enough = () => false } = request;
  const head = { status: response.statusCode ?? 0, headers: response.headers };
  const parts: Buffer[] = [];
  const whole = () => ({ ...head, body: Buffer.concat(parts) });
  if (enough(head, Buffer.alloc(0))) return whole();
  if (method !== 'HEAD' && Number(head.headers['content-length'] ?? 0) > maxBytes) {
    throw new GuardedFetchError('too-large');
  }
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new GuardedFetchError('too-large');
    parts.push(part);
    if (enough(head, part)) break;
  }
  return whole();
}

async function exchange(target: Target, guard: Guard, asked: GuardedRequest, signal: AbortSignal) {
  const { method = 'GET', headers = {}, body } = asked;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const start = target.url.protocol === 'http:' ? httpRequest : httpsRequest;
  const request = start(target.url, {
    method,
    headers: { ...headers, ...length },
    signal,
    // No agent, so no pool: a connection serves one request and is closed with it.
    createConnection: () => (guard.connect ?? openSocket)(target),
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      // Whatever fails after the answer is told by its body.
      request.on('error', reject);
      request.once('close', () => reject(new GuardedFetchError('unreachable')));
      request.end(body);
    });
    return await readBody(response, asked);
  } finally {
    request.destroy();
  }
}

/**
 * Makes the one way in which the registry asks addresses that users gave. It speaks https (http to hosts of the
 * allow-list), asks DNS once, judges every address that comes back and connects to those alone, follows nothing,
 * decompresses nothing, and takes neither more bytes nor more time than it is told.
 */
export function createGuardedFetch(guard: Guard): GuardedFetch {
  return async (address, request = {}) => {
    const url = judgeUrl(address, guard);
    if (!(url instanceof URL)) throw new GuardedFetchError('forbidden', url.message);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), request.timeoutMs ?? DEFAULTS.timeoutMs);
    const late = new Promise<never>((_, reject) => {
      deadline.signal.addEventListener('abort', () => reject(new GuardedFetchError('timeout')), { once: true });
    });
    try {
      const target = await Promise.race([findTarget(url, guard), late]);
      return await Promise.race([exchange(target, guard, request, deadline.signal), late]);
    } catch (error) {
      throw toGuardedFetchError(error);
    } finally {
      clearTimeout(timer);
    }
  };
}
