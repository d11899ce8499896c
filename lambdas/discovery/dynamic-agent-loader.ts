import type { Lease } from '../agents/lease.ts';
import { type Clock, isoTime } from '../shared/clock.ts';
import { describeReload } from './describe-reload.ts';
import type { HotReloadManager, PollReport } from './hot-reload-manager.ts';
import { type AllCounts, NEVER_POLLED, type ReloadCountStore } from './reload-counts.ts';
import type { ReloadSnapshot, SnapshotStore } from './reload-snapshot.ts';
import type { ReloadReport, ReloadStatus, SourceReport } from './reload-status.ts';
import { MAX_REPORTED_IDS, RELOAD_SOURCES, type ReloadSource } from './reload-terms.ts';

/** One source that is followed. */
export interface FollowedSource {
  readonly manager: HotReloadManager;
  readonly snapshots: SnapshotStore;
}

export interface DynamicAgentLoaderProps {
  /** Absent sources are not followed. */
  readonly sources: Readonly<Partial<Record<ReloadSource, FollowedSource>>>;
  readonly lease: Lease;
  readonly counts: ReloadCountStore;
  readonly clock: Clock;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Told of each poll that came to its end, or did not. */
  readonly onPolled?: (source: ReloadSource, report: PollReport) => void;
}

export interface ReloadOptions {
  /** Whether removals go on that the guard would hold. Default: false. */
  readonly confirmRemovals?: boolean;
  /** Whether what was refused is tried again although it has not changed. Default: false. */
  readonly retry?: boolean;
  /** Milliseconds since the epoch after which no further manifest begins; the rest is left for the next poll. */
  readonly deadline: number;
}

/** How long a reload waits for the one that is under way, in milliseconds, and how often it asks. */
const PATIENCE_MS = 10_000;
const ASK_EVERY_MS = 250;

/** How often a reload that goes on holds on to its lease, in milliseconds: well within the lease's length. */
const RENEW_MS = 5_000;

const BUSY: SourceReport = {
  outcome: 'busy',
  added: [],
  updated: [],
  removed: [],
  addedCount: 0,
  updatedCount: 0,
  removedCount: 0,
  failed: 0,
  unchanged: 0,
  held: 0,
};

function toReport({ outcome, changes, failed, unchanged, held, error }: PollReport): SourceReport {
  const ids = (type: string) => changes.filter((change) => change.type === type).map(({ agentId }) => agentId);
  const [added, updated, removed] = [ids('added'), ids('updated'), ids('removed')];
  return {
    outcome,
    added: added.slice(0, MAX_REPORTED_IDS),
    updated: updated.slice(0, MAX_REPORTED_IDS),
    removed: removed.slice(0, MAX_REPORTED_IDS),
    addedCount: added.length,
    updatedCount: updated.length,
    removedCount: removed.length,
    failed,
    unchanged,
    held,
    ...(error !== undefined && { error: (error as Error).message ?? String(error) }),
  };
}

/**
 * Loads agents from the sources that declare them (second specification, "Agent Discovery"), in the order of their
 * priority: manifests in the bucket, implementations in the file system, and another registry; the fourth source, the
 * registry's own API, needs no loading. Each source writes a layer of its own; what serves is the merge of all, later
 * sources over earlier ones, and it is made when an agent is read.
 */
export class DynamicAgentLoader {
  readonly #props: DynamicAgentLoaderProps;

  constructor(props: DynamicAgentLoaderProps) {
    this.#props = props;
  }

  /**
   * Polls every source. One reload runs at a time; another waits for it, and then runs as well: what was there when it
   * was asked for has been looked at when it ends.
   *
   * @throws UnavailableError when the table is out of reach
   */
  async reload(options: ReloadOptions): Promise<ReloadReport> {
    const { sources, lease, counts, clock } = this.#props;
    const followed = RELOAD_SOURCES.filter((source) => sources[source] !== undefined);
    if (!(await this.#takeLease(options.deadline))) {
      return { sources: Object.fromEntries(followed.map((source) => [source, BUSY])), status: await this.status() };
    }
    const reports: Partial<Record<ReloadSource, SourceReport>> = {};
    try {
      const before = await counts.load();
      const after: Partial<Record<ReloadSource, (typeof before)[ReloadSource]>> = { ...before };
      for (const [n, source] of followed.entries()) {
        // What is left is shared: a source that is slow to the end leaves the others their part.
        const share = (options.deadline - clock.now()) / (followed.length - n);
        const report = await this.#poll(source, { ...options, deadline: clock.now() + share });
        reports[source] = toReport(report);
        const { pollCount, errorCount } = before[source] ?? NEVER_POLLED;
        const failed = report.outcome === 'failed';
        after[source] = {
          lastPollAt: isoTime(clock.now()),
          pollCount: pollCount + Number(!failed),
          errorCount: errorCount + Number(failed),
        };
      }
      await counts.save(after);
    } finally {
      await lease.release();
    }
    return { sources: reports, status: await this.status() };
  }

  async #poll(source: ReloadSource, { confirmRemovals, retry, deadline }: ReloadOptions): Promise<PollReport> {
    const { sources, lease, clock, onPolled } = this.#props;
    const { manager } = sources[source] as FollowedSource;
    let heldSince = Number.NEGATIVE_INFINITY;
    const mayGoOn = async () => {
      const now = clock.now();
      if (now >= deadline) return false;
      if (now - heldSince < RENEW_MS) return true;
      const isHeld = await lease.take(now);
      if (isHeld) heldSince = now;
      return isHeld;
    };
    const report = await manager.poll({
      mayGoOn,
      ...(confirmRemovals && { confirmRemovals }),
      ...(retry && { retry }),
    });
    onPolled?.(source, report);
    return report;
  }

  async #takeLease(deadline: number): Promise<boolean> {
    const { lease, clock, pause } = this.#props;
    const end = Math.min(deadline, clock.now() + PATIENCE_MS);
    while (!(await lease.take(clock.now()))) {
      if (clock.now() >= end) return false;
      await pause(ASK_EVERY_MS);
    }
    return true;
  }

  /** How all sources are doing (second specification, "Status Tracking"). Throws UnavailableError. */
  async status(): Promise<ReloadStatus> {
    const { sources, lease, counts, clock } = this.#props;
    const [polled, isPolling, snapshots]: [AllCounts, boolean, (readonly [ReloadSource, ReloadSnapshot])[]] =
      await Promise.all([
        counts.load(),
        lease.isTaken(clock.now()),
        Promise.all(
          RELOAD_SOURCES.flatMap((source) => {
            const followed = sources[source];
            return followed ? [followed.snapshots.load().then(({ snapshot }) => [source, snapshot] as const)] : [];
          }),
        ),
      ]);
    return describeReload(new Map(snapshots), polled, isPolling);
  }
}
