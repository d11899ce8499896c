import type { Warning } from './declared-layers.ts';
import { type AllCounts, NEVER_POLLED } from './reload-counts.ts';
import { type ReloadSnapshot, type SnapshotEntry, servedBy } from './reload-snapshot.ts';
import type { HeldRemovals, ReloadFailure, ReloadStatus, ReloadWarning, SourceStatus } from './reload-status.ts';
import { RELOAD_SOURCES, type ReloadSource } from './reload-terms.ts';

/** Refused manifests, and warnings, that an answer names; the count beside them is of all. */
const MAX_TOLD = 100;

type Snapshots = ReadonlyMap<ReloadSource, ReloadSnapshot>;

const entriesOf = (snapshots: Snapshots): (readonly [ReloadSource, string, SnapshotEntry])[] =>
  [...snapshots].flatMap(([source, { entries }]) =>
    Object.entries(entries).map(([key, entry]) => [source, key, entry] as const),
  );

function failuresOf(snapshots: Snapshots): ReloadFailure[] {
  return entriesOf(snapshots).flatMap(([source, key, { id, asked, problem }]) => {
    if (problem === undefined) return [];
    const { retryAt: _, ...told } = problem;
    return [{ source, key, agentId: id ?? asked ?? nameInKey(key), ...told, errors: [...problem.errors] }];
  });
}

/** Of a manifest that never said who it is, the folder in which it stands. */
const nameInKey = (key: string): string => key.split('/').at(-2) ?? key;

/** What is not there when a manifest is looked at may come later: a warning that has been met is told no longer. */
function warningsOf(snapshots: Snapshots): ReloadWarning[] {
  const serving = new Set(entriesOf(snapshots).map(([, , entry]) => servedBy(entry)));
  const isMet = ({ rule, missing }: Warning) =>
    serving.has(`${rule === 'missingAgent' ? 'agent' : 'service'} ${missing}`);
  return entriesOf(snapshots).flatMap(([source, key, { id, warnings = [], warnedAt = '' }]) =>
    warnings
      .filter((warning) => !isMet(warning))
      .map(({ step, field, message }) => {
        return { source, key, agentId: id ?? nameInKey(key), step, reason: `${field}: ${message}`, since: warnedAt };
      }),
  );
}

const heldOf = (snapshots: Snapshots): HeldRemovals[] =>
  [...snapshots].flatMap(([source, { held }]) => (held === undefined ? [] : [{ source, ...held }]));

function statusOf(snapshot: ReloadSnapshot | undefined, counts = NEVER_POLLED, isPolling: boolean): SourceStatus {
  const agents = Object.values(snapshot?.entries ?? {}).filter(({ id, kind }) => kind === 'agent' && id !== undefined);
  return {
    enabled: snapshot !== undefined,
    isPolling: snapshot !== undefined && isPolling,
    lastPollAt: counts.lastPollAt,
    lastChangeAt: snapshot?.lastChangeAt ?? null,
    totalAgents: agents.length,
    pollCount: counts.pollCount,
    errorCount: counts.errorCount,
  };
}

/** The later of times in ISO 8601; `null` of none. */
const latest = (times: readonly (string | null)[]): string | null =>
  times.reduce((one, other) => ((other ?? '') > (one ?? '') ? other : one), null);

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

/**
 * How all sources are doing, each by itself and together: what is refused, what is served with a warning, and what is
 * held back. Pure.
 *
 * @param snapshots of the sources that are followed
 */
export function describeReload(snapshots: Snapshots, counts: AllCounts, isPolling: boolean): ReloadStatus {
  const one = (source: ReloadSource) => statusOf(snapshots.get(source), counts[source], isPolling);
  const sources = { s3: one('s3'), filesystem: one('filesystem'), api: one('api') };
  const all = RELOAD_SOURCES.map((source) => sources[source]);
  const failures = failuresOf(snapshots);
  return {
    enabled: all.some(({ enabled }) => enabled),
    isPolling,
    lastPollAt: latest(all.map(({ lastPollAt }) => lastPollAt)),
    lastChangeAt: latest(all.map(({ lastChangeAt }) => lastChangeAt)),
    totalAgents: sum(all.map(({ totalAgents }) => totalAgents)),
    pollCount: sum(all.map(({ pollCount }) => pollCount)),
    errorCount: sum(all.map(({ errorCount }) => errorCount)),
    sources,
    failures: failures.slice(0, MAX_TOLD),
    failureCount: failures.length,
    warnings: warningsOf(snapshots).slice(0, MAX_TOLD),
    held: heldOf(snapshots),
  };
}
