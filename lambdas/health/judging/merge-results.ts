import type { KeptResults } from '../check-results.ts';
import { type HealthStatus, HISTORY } from '../health-status.ts';

/** Results in a row of one source, with the newest of its results that is none of them. */
interface Run {
  readonly kept: KeptResults;
  /** How many of the row are among those that are kept. */
  readonly shown: number;
  /** Milliseconds since the epoch at which the row was broken last; before all time: not within what is kept. */
  readonly brokenAt: number;
}

function runOf(kept: KeptResults, sign: 1 | -1): Run {
  const shown = Math.min(Math.max(kept.streak * sign, 0), kept.recent.length);
  return { kept, shown, brokenAt: kept.recent.at(-1 - shown)?.timestamp ?? Number.NEGATIVE_INFINITY };
}

/**
 * How many results of all sources together, from the newest on, passed (`sign` 1) or failed (-1) in a row. Older ones
 * than are kept are known by a source's own count only.
 */
function inARow(sources: readonly KeptResults[], sign: 1 | -1): number {
  const runs = sources.map((kept) => runOf(kept, sign));
  const brokenAt = Math.max(...runs.map((run) => run.brokenAt));
  const counts = runs.map(({ kept: { recent, streak }, shown }) => {
    const row = recent.slice(recent.length - shown).filter(({ timestamp }) => timestamp > brokenAt);
    return row.length === recent.length ? Math.abs(streak) : row.length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * How an agent has done of late, by its beats and its check together; `undefined` where neither knows anything. Pure.
 */
export function mergeResults(agentId: string, kept: readonly (KeptResults | undefined)[]): HealthStatus | undefined {
  const sources = kept.filter((source) => source !== undefined && source.recent.length > 0) as KeptResults[];
  const history = sources
    .flatMap(({ recent }) => recent)
    .toSorted((a, b) => a.timestamp - b.timestamp)
    .slice(-HISTORY);
  const lastCheck = history.at(-1);
  if (lastCheck === undefined) return undefined;
  return {
    agentId,
    consecutiveFailures: inARow(sources, -1),
    consecutiveSuccesses: inARow(sources, 1),
    lastCheck,
    history,
  };
}
