import { gunzipSync, gzipSync } from 'node:zlib';
import { sha256 } from '../../shared/ids.ts';
import type { KeptResults } from '../check-results.ts';
import { checkResult, isCheckReason } from '../checks/check-result.ts';
import type { CheckKind } from '../contract.ts';
import type { HealthCheckResult } from '../health-status.ts';

/**
 * Agents of a page on average: a page costs one write unit per kilobyte that it has, and a call. At these bounds the
 * number of pages doubles, or halves, and then is far from either.
 */
const AGENTS_A_PAGE = { least: 60, most: 160 } as const;

/**
 * How many pages the results of so many agents take: a power of two.
 *
 * @param pages that there are now
 */
export function pagesFor(agents: number, pages = 1): number {
  if (agents > pages * AGENTS_A_PAGE.most) return pagesFor(agents, pages * 2);
  return pages > 1 && agents < pages * AGENTS_A_PAGE.least ? pagesFor(agents, pages / 2) : pages;
}

/** The page of an agent, from 0. */
export const pageOf = (agentId: string, pages: number): number =>
  Number.parseInt(sha256(agentId).slice(0, 8), 16) % pages;

/** A page as columns: what is alike stands together, so it takes a third of what rows do. */
interface Columns {
  readonly ids: string[];
  readonly streaks: number[];
  /** Results of each agent; those of all follow one another in the columns below. */
  readonly counts: number[];
  /** Milliseconds since the result before; the first of an agent: since the epoch. */
  readonly times: number[];
  /** Numbers of `codes`. */
  readonly reasons: number[];
  /** Absent ones are null. */
  readonly took: (number | null)[];
  readonly statuses: (number | null)[];
  /** Reasons by their names: their order in the code may change. */
  readonly codes: string[];
}

/** The bytes of a page: compressed JSON. */
export function encodePage(agents: readonly KeptResults[]): Uint8Array {
  const results = agents.flatMap(({ recent }) => recent);
  const codes = [...new Set(results.map(({ details }) => details?.reason ?? ''))];
  const columns: Columns = {
    ids: agents.map(({ agentId }) => agentId),
    streaks: agents.map(({ streak }) => streak),
    counts: agents.map(({ recent }) => recent.length),
    times: agents.flatMap(({ recent }) =>
      recent.map(({ timestamp }, n) => timestamp - (recent[n - 1]?.timestamp ?? 0)),
    ),
    reasons: results.map(({ details }) => codes.indexOf(details?.reason ?? '')),
    took: results.map(({ responseTime = null }) => responseTime),
    statuses: results.map(({ details }) => details?.status ?? null),
    codes,
  };
  return gzipSync(JSON.stringify(columns));
}

/** The results of one agent, from its place in the columns on. One of a later version, with a reason unknown, is left out. */
function resultsAt(columns: Columns, kind: CheckKind, agentId: string, start: number, count: number) {
  const recent: HealthCheckResult[] = [];
  let at = 0;
  for (let n = start; n < start + count; n += 1) {
    at += columns.times[n] ?? 0;
    const reason = columns.codes[columns.reasons[n] ?? -1];
    const responseTime = columns.took[n] ?? undefined;
    const status = columns.statuses[n] ?? undefined;
    if (isCheckReason(reason)) {
      const finding = {
        reason,
        at,
        ...(responseTime !== undefined && { responseTime }),
        ...(status !== undefined && { status }),
      };
      recent.push(checkResult(agentId, kind, finding));
    }
  }
  return recent;
}

/**
 * Reads a page.
 *
 * @throws Error when it is none
 */
export function decodePage(kind: CheckKind, bytes: Uint8Array): KeptResults[] {
  const columns = JSON.parse(gunzipSync(bytes).toString()) as Columns;
  let start = 0;
  return columns.ids.map((agentId, n) => {
    const count = columns.counts[n] ?? 0;
    const recent = resultsAt(columns, kind, agentId, start, count);
    start += count;
    return { agentId, streak: columns.streaks[n] ?? 0, recent };
  });
}
