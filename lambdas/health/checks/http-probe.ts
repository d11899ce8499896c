import { isObject } from '../../agents/merge.ts';
import { askHandshake } from '../../services/mcp-handshake.ts';
import type { Clock } from '../../shared/clock.ts';
import type { GuardedFetch, GuardedResponse } from '../../shared/guarded-fetch.ts';
import type { CheckReason } from './check-result.ts';
import type { HttpCheck } from './checker.ts';

/** What one address said. */
export interface ProbeAnswer {
  readonly reason: CheckReason;
  readonly status?: number;
}

/** Asks one address. Throws GuardedFetchError. */
type Probe = (fetch: GuardedFetch, url: string) => Promise<ProbeAnswer>;

const HEADERS = { accept: '*/*', 'user-agent': 'agent-registry' } as const;

/** Where a check looks whose address names no path: the specification's own, and that of A2A ("Agent discovery"). */
const PATHS = { plain: '/health', a2a: '/.well-known/agent-card.json' } as const;

function at(url: string, path: string): string {
  const address = new URL(url);
  if (address.pathname === '/' && address.search === '') address.pathname = path;
  return address.href;
}

/** What the status alone tells: 200 is the one that means well, and who wants credentials is there. */
function judgeStatus(status: number): ProbeAnswer {
  if (status === 401 || status === 403) return { reason: 'GATED', status };
  return { reason: status === 200 ? 'OK' : 'HTTP_STATUS', status };
}

const plain: Probe = async (fetch, url) => {
  const { status } = await fetch(at(url, PATHS.plain), { headers: HEADERS, enough: () => true });
  return judgeStatus(status);
};

/** Whether an answer is a card (A2A, "AgentCard"): of what it must have, the name is what every version asks for. */
function isCard({ body }: GuardedResponse): boolean {
  try {
    const card: unknown = JSON.parse(Buffer.from(body).toString());
    return isObject(card) && typeof card.name === 'string' && card.name !== '';
  } catch {
    return false;
  }
}

const a2a: Probe = async (fetch, url) => {
  const answer = await fetch(at(url, PATHS.a2a), { headers: { ...HEADERS, accept: 'application/json' } });
  const judged = judgeStatus(answer.status);
  return judged.reason !== 'OK' || isCard(answer) ? judged : { ...judged, reason: 'NOT_A2A' };
};

const mcp: Probe = async (fetch, url) => {
  const { alive, gated, status } = await askHandshake(fetch, { type: 'streamable-http', url });
  if (alive) return { reason: gated ? 'GATED' : 'OK' };
  return status === undefined ? { reason: 'NOT_MCP' } : { reason: 'HTTP_STATUS', status };
};

const PROBES = { plain, a2a, mcp } as const;

/** All requests of a probe share its time: a handshake may take two. */
const withinTime =
  (fetch: GuardedFetch, clock: Clock, end: number): GuardedFetch =>
  (address, request) =>
    fetch(address, { ...request, timeoutMs: Math.max(1, end - clock.now()) });

/**
 * Asks the address of a check in the way that it wants.
 *
 * @param timeoutMs for the whole of it
 * @throws GuardedFetchError
 */
export function probe(
  { fetch, clock }: { readonly fetch: GuardedFetch; readonly clock: Clock },
  { url, protocol }: HttpCheck,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  return PROBES[protocol ?? 'plain'](withinTime(fetch, clock, clock.now() + timeoutMs), url);
}
