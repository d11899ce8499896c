import { EventEmitter } from 'node:events';
import pMap from 'p-map';
import type { RetryBounds } from '../agents/commit-loop.ts';
import { isoTime } from '../shared/clock.ts';
import type { HotReloadChange, RefusedManifest } from './hot-reload-change.ts';
import { type BatchResult, ManifestBatch } from './manifest-batch.ts';
import { planReload } from './reload-plan.ts';
import {
  changedSnapshot,
  type EntryChange,
  type EntryChanges,
  type LoadedSnapshot,
  type ReloadSnapshot,
  type SnapshotNews,
  type SnapshotStore,
  standsForSomething,
  updateSnapshot,
} from './reload-snapshot.ts';
import type { SourceStatus } from './reload-status.ts';
import { settleManifest } from './settle-manifest.ts';
import { type Removal, type RemovalPorts, removeVanished } from './vanished-manifests.ts';

/** What a manager works with. */
export interface HotReloadPorts extends RemovalPorts {
  readonly snapshots: SnapshotStore;
  /** Manifests that are fetched together. Default: 200, which are 50 MB at most. Ids of files are given batch by batch. */
  readonly batchSize?: number;
  /** How patiently a snapshot is written that others write as well. Default: for about two seconds. */
  readonly snapshotRetries?: RetryBounds;
  /** Announces what is refused, before it is kept: what could not be announced is found again. Default: nothing. */
  readonly announce?: (refused: readonly RefusedManifest[]) => Promise<void>;
}

export interface PollOptions {
  /** Whether removals go on that the guard would hold. Default: false. */
  readonly confirmRemovals?: boolean;
  /** Whether what was refused is tried again although it has not changed. Default: false. */
  readonly retry?: boolean;
  /** Asked before each manifest; when it says no, the rest is left for the next poll. Default: always yes. */
  readonly mayGoOn?: () => Promise<boolean>;
}

/** What a poll did. */
export interface PollReport {
  /** `partial`: something is left for the next poll. */
  readonly outcome: 'done' | 'partial' | 'failed';
  readonly changes: readonly HotReloadChange[];
  /** Manifests that are refused, those found refused before among them. */
  readonly failed: number;
  readonly unchanged: number;
  readonly held: number;
  /** Why the poll failed, or what kept it from being done. */
  readonly error?: unknown;
}

/** What the manager tells of (second specification, "Change Events"). */
export interface HotReloadEvents {
  added: [change: HotReloadChange];
  updated: [change: HotReloadChange];
  removed: [change: HotReloadChange];
  refused: [manifest: RefusedManifest];
  held: [count: number, of: number];
}

const DEFAULT_BATCH = 200;

const NOTHING_REMOVED: Removal = { entries: new Map(), changes: [], held: 0, news: {} };

/** Events that are settled at once: as many manifests as a batch of the queue names. */
const AT_ONCE = { concurrency: 8 } as const;

/**
 * Follows the manifests of one source (second specification, "Hot Reload"): lists, compares with the snapshot, fetches
 * what changed, brings it into the registry, and tells of it. The same for a bucket, a folder and another registry.
 *
 * Any number of polls and events may run at once, also of other processes, stopped half-way or late: a layer is only
 * ever written over the one that was read before its manifest, and a snapshot keeps whatever others learnt meanwhile.
 */
export class HotReloadManager extends EventEmitter<HotReloadEvents> {
  readonly #ports: HotReloadPorts;
  #polling = 0;
  #status = { lastPollAt: null as string | null, lastChangeAt: null as string | null, totalAgents: 0 };
  #pollCount = 0;
  #errorCount = 0;

  constructor(ports: HotReloadPorts) {
    super();
    this.#ports = ports;
  }

  /** How this process has followed the source so far. Times are ISO 8601. */
  getStatus(): SourceStatus {
    const counts = { pollCount: this.#pollCount, errorCount: this.#errorCount };
    return { enabled: true, isPolling: this.#polling > 0, ...this.#status, ...counts };
  }

  /** Looks at everything. Never throws: a poll that fails has removed nobody, and the next one goes on from there. */
  async poll(options: PollOptions = {}): Promise<PollReport> {
    this.#polling += 1;
    const changes: HotReloadChange[] = [];
    try {
      const report = await this.#poll(options, changes);
      this.#pollCount += 1;
      return report;
    } catch (error) {
      this.#errorCount += 1;
      return { outcome: 'failed', changes, failed: 0, unchanged: 0, held: 0, error };
    } finally {
      this.#polling -= 1;
      this.#status.lastPollAt = isoTime(this.#ports.clock.now());
    }
  }

  /** @param changes gets what is done, whether the poll comes to its end or not */
  async #poll(
    { confirmRemovals = false, retry = false, mayGoOn = async () => true }: PollOptions,
    changes: HotReloadChange[],
  ): Promise<PollReport> {
    const { source, snapshots, clock, batchSize = DEFAULT_BATCH } = this.#ports;
    const listing = await source.list();
    let loaded = await snapshots.load();
    const copiesAreOne = listing.some(({ key }) => source.idOf(key) === undefined);
    const plan = planReload(listing, loaded.snapshot, { now: clock.now(), retry, copiesAreOne });
    const missing = new Set(plan.missing);
    let [looked, deferred]: [number, unknown] = [0, undefined];
    while (looked < plan.changed.length && (looked === 0 || (await mayGoOn()))) {
      const batch = plan.changed.slice(looked, looked + batchSize);
      const batched = new ManifestBatch(this.#ports, loaded.snapshot, mayGoOn);
      const result = await batched.bring(batch, missing);
      changes.push(...result.changes);
      await this.#keep(result, loaded);
      loaded = await snapshots.load();
      deferred ??= [...result.deferred.values()][0];
      looked += batch.length;
    }
    // What moved is known for sure only when everything was looked at.
    const complete = looked >= plan.changed.length && (looked === 0 || (await mayGoOn()));
    const emptyListing = listing.length === 0;
    const removal = complete
      ? await removeVanished(this.#ports, plan, loaded.snapshot, { emptyListing, confirmed: confirmRemovals })
      : NOTHING_REMOVED;
    this.#tellHeld(removal.news, loaded.snapshot);
    changes.push(...removal.changes);
    deferred ??= removal.deferred;
    const snapshot = await this.#note(removal, loaded);
    const failed = Object.values(snapshot.entries).filter(({ problem }) => problem).length;
    const outcome = complete && deferred === undefined ? 'done' : 'partial';
    const { unchanged } = plan;
    return {
      outcome,
      changes,
      failed,
      unchanged,
      held: removal.held,
      ...(deferred !== undefined && { error: deferred }),
    };
  }

  /**
   * Looks at the manifests that an event speaks of.
   *
   * @returns keys that could not be settled and should be delivered again, with the reason
   * @throws what kept it from reading or writing the snapshot
   */
  async settle(keys: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    const { snapshots } = this.#ports;
    const loaded = await snapshots.load();
    const unsettled = new Map<string, unknown>();
    const entries = new Map<string, EntryChange>();
    const changes: HotReloadChange[] = [];
    const refused: RefusedManifest[] = [];
    let heldBack = false;
    await pMap(
      new Set(keys),
      async (key) => {
        const { entry, error, ...settled } = await settleManifest(this.#ports, loaded.snapshot, key);
        heldBack ||= settled.heldBack;
        entries.set(key, entry);
        changes.push(...settled.changes);
        refused.push(...settled.refused);
        if (error !== undefined) unsettled.set(key, error);
      },
      AT_ONCE,
    );
    const news = heldBack ? this.#holding(changedSnapshot(loaded.snapshot, entries, {})) : {};
    await this.#keep({ entries, changes, refused }, loaded, news);
    this.#tellHeld(news, loaded.snapshot);
    return unsettled;
  }

  /** Whoever is gone waits from now on, and the polls know it: what is left of a minute's removals is not for them. */
  #holding({ entries, held }: ReloadSnapshot): SnapshotNews {
    const all = Object.values(entries).filter(standsForSomething);
    const count = all.filter(({ missingSince }) => missingSince !== undefined).length;
    return { held: { count, of: all.length, since: held?.since ?? isoTime(this.#ports.clock.now()) } };
  }

  #tellHeld({ held }: SnapshotNews, before: ReloadSnapshot): void {
    if (held !== undefined && before.held === undefined) this.emit('held', held.count, held.of);
  }

  /**
   * Tells of what a batch did, and keeps what it found out. The registry holds the changes already, and nobody will
   * find them again: they are told whatever becomes of the snapshot. What is refused is found until it is kept.
   */
  async #keep(
    { entries, changes, refused }: Omit<BatchResult, 'deferred'>,
    loaded?: LoadedSnapshot,
    news: SnapshotNews = {},
  ): Promise<void> {
    this.#tell(changes);
    if (refused.length > 0) await this.#ports.announce?.(refused);
    await this.#update(entries, { ...this.#newsOf(changes), ...news }, loaded);
    for (const manifest of refused) this.emit('refused', manifest);
  }

  #note({ entries, changes, news }: Removal, loaded: LoadedSnapshot): Promise<ReloadSnapshot> {
    this.#tell(changes);
    return this.#update(entries, { ...this.#newsOf(changes), ...news }, loaded);
  }

  async #update(
    entries: EntryChanges,
    news: SnapshotNews,
    loaded: LoadedSnapshot | undefined,
  ): Promise<ReloadSnapshot> {
    const { snapshots, snapshotRetries } = this.#ports;
    const options = { loaded, ...(snapshotRetries && { bounds: snapshotRetries }) };
    const snapshot = await updateSnapshot(snapshots, entries, news, options);
    this.#status.totalAgents = Object.values(snapshot.entries).filter(({ id, kind }) => id && kind === 'agent').length;
    return snapshot;
  }

  #newsOf(changes: readonly HotReloadChange[]): SnapshotNews {
    const last = changes.at(-1)?.timestamp.toISOString();
    if (last !== undefined) this.#status.lastChangeAt = last;
    return last === undefined ? {} : { lastChangeAt: last };
  }

  #tell(changes: readonly HotReloadChange[]): void {
    for (const change of changes) this.emit(change.type, change);
  }
}
