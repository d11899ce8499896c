import type { Clock } from '../shared/clock.ts';
import type { GuardedFetch } from '../shared/guarded-fetch.ts';
import { GuardedFetchError, type GuardedFetchFailure } from '../shared/guarded-fetch-error.ts';
import { askMcp, isEventStream, type McpRequest, type McpResponse } from './mcp-request.ts';
import type { ServiceDocument } from './service-document.ts';

export type ServiceEndpoint = ServiceDocument['endpoints'][number];

/** Whether somebody speaks MCP at an address. */
export interface Handshake {
  readonly alive: boolean;
  /** It is there, and wants credentials that the registry does not have. */
  readonly gated?: boolean;
  /** Why it is taken for dead, to be read after "the MCP server". It says nothing of the network. */
  readonly reason?: string;
  /** Status of the answer, where it is for that that it is taken for dead. */
  readonly status?: number;
}

/** Milliseconds that a server has for each answer. */
const TIMEOUT_MS = 5_000;

/** Milliseconds to end a session: it ends by itself when this fails. */
const FAREWELL_MS = 1_000;

const client = { name: 'agent-registry', version: '1.0.0' };

/** The newest version that begins with a handshake; a server that has not got it answers with its own. */
const INITIALIZE: McpRequest = {
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client },
};

const STATELESS = '2026-07-28';

/** From this version on there is no handshake: each request says of itself what it needs, and this one asks who is there. */
const DISCOVER: McpRequest = {
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': STATELESS,
      'io.modelcontextprotocol/clientInfo': client,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
  headers: { 'mcp-protocol-version': STATELESS, 'mcp-method': 'server/discover' },
};

/** Only a server of {@link STATELESS} or later says that it has not got a version. */
const UNSUPPORTED_VERSION = -32_022;

const FAILURES: Readonly<Record<GuardedFetchFailure, string>> = {
  forbidden: 'is at an address that is not allowed',
  unreachable: 'cannot be reached',
  tls: 'has no certificate that can be trusted',
  timeout: 'does not answer in time',
  'too-large': 'answers too much',
};

const ALIVE: Handshake = { alive: true };
const dead = (reason: string): Handshake => ({ alive: false, reason });

/** What the status alone tells. */
function judgeStatus(status: number): Handshake | undefined {
  if (status === 401 || status === 403) return { alive: true, gated: true };
  return status >= 200 && status < 300 ? undefined : { ...dead(`answers with status ${status}`), status };
}

/** A session that was begun for nothing is given back, if the server lets us (MCP, "Session Management"). */
async function endSession(fetch: GuardedFetch, url: string, { headers, answer }: McpResponse): Promise<void> {
  const session = headers['mcp-session-id'];
  if (typeof session !== 'string' || !/^[\x21-\x7e]{1,1024}$/.test(session)) return;
  const version = { 'mcp-protocol-version': String(answer?.result?.protocolVersion) };
  const request = {
    method: 'DELETE',
    headers: { 'mcp-session-id': session, ...version },
    timeoutMs: FAREWELL_MS,
  } as const;
  await fetch(url, { ...request, enough: () => true }).catch(() => undefined);
}

async function initialize(fetch: GuardedFetch, url: string): Promise<Handshake> {
  const response = await askMcp(fetch, url, INITIALIZE, TIMEOUT_MS);
  const { status, answer } = response;
  if (/^\d{4}-\d\d-\d\d$/.test(String(answer?.result?.protocolVersion))) {
    await endSession(fetch, url, response);
    return ALIVE;
  }
  const judged = judgeStatus(status);
  if (judged?.alive) return judged;
  // A server without handshakes refuses this one in the manner of JSON-RPC, whatever the status.
  if (answer?.error) return discover(fetch, url);
  return judged ?? dead('does not speak MCP');
}

async function discover(fetch: GuardedFetch, url: string): Promise<Handshake> {
  const { status, answer } = await askMcp(fetch, url, DISCOVER, TIMEOUT_MS);
  if (Array.isArray(answer?.result?.supportedVersions) || answer?.error?.code === UNSUPPORTED_VERSION) return ALIVE;
  return judgeStatus(status) ?? dead('refuses the handshake');
}

/** The older transport opens a stream of events first, and says in it where requests go. */
async function listen(fetch: GuardedFetch, url: string): Promise<Handshake> {
  const headers = { accept: 'text/event-stream' };
  const response = await fetch(url, { headers, timeoutMs: TIMEOUT_MS, enough: () => true });
  return judgeStatus(response.status) ?? (isEventStream(response) ? ALIVE : dead('does not speak MCP'));
}

/**
 * Asks one MCP server, now, whether it is there.
 *
 * @throws GuardedFetchError where it gives no whole answer
 */
export const askHandshake = (fetch: GuardedFetch, { type, url }: ServiceEndpoint): Promise<Handshake> =>
  type === 'sse' ? listen(fetch, url) : initialize(fetch, url);

async function shakeHands(fetch: GuardedFetch, endpoint: ServiceEndpoint): Promise<Handshake> {
  try {
    return await askHandshake(fetch, endpoint);
  } catch (error) {
    if (error instanceof GuardedFetchError) return dead(FAILURES[error.kind]);
    throw error;
  }
}

/** How long an answer is good for: one that was given, and one that was not, which somebody may be mending. */
const KEPT_MS = { alive: 5 * 60_000, dead: 25_000 } as const;

/** Answers kept at once; the oldest go first. */
const MAX_KEPT = 5_000;

interface Kept {
  readonly handshake: Promise<Handshake>;
  /** Milliseconds since the epoch; never while it is under way. */
  until: number;
}

/** Asks MCP servers whether they are there, each of them once for all agents that name it. */
export class McpHandshakes {
  readonly #fetch: GuardedFetch;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor({ fetch, clock }: { readonly fetch: GuardedFetch; readonly clock: Clock }) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** @param endpoint that speaks MCP: of the type `streamable-http`, or `sse` */
  ask(endpoint: ServiceEndpoint): Promise<Handshake> {
    const key = `${endpoint.type} ${endpoint.url}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#clock.now()) return kept.handshake;
    const begun: Kept = { handshake: shakeHands(this.#fetch, endpoint), until: Number.POSITIVE_INFINITY };
    this.#keep(key, begun);
    return begun.handshake.then(
      (handshake) => {
        begun.until = this.#clock.now() + (handshake.alive ? KEPT_MS.alive : KEPT_MS.dead);
        return handshake;
      },
      (error: unknown) => {
        begun.until = 0;
        throw error;
      },
    );
  }

  #keep(key: string, begun: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, begun);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
