import pMap from 'p-map';
import type { Declared, DeclaredLayer, DeclaredLayers } from '../../lambdas/discovery/declared-layers.ts';
import { HotReloadManager, type PollReport } from '../../lambdas/discovery/hot-reload-manager.ts';
import {
  ManifestChangedError,
  ManifestGoneError,
  type ManifestSource,
} from '../../lambdas/discovery/manifest-source.ts';
import type { AgentRead, ReadDocument } from '../../lambdas/discovery/reading/read-document.ts';
import type { ReloadSnapshot, SnapshotEntry, SnapshotStore } from '../../lambdas/discovery/reload-snapshot.ts';
import type { Clock } from '../../lambdas/shared/clock.ts';
import { type FieldError, PreconditionFailedError, UnavailableError } from '../../lambdas/shared/errors.ts';
import type { FolderNames } from './folder-names.ts';
import { RecentRemovals } from './recent-removals.ts';
import { type ReadManifest, SkippedFiles, withoutServices } from './skipped-files.ts';
import type { SyncReport, SyncResult } from './sync-result.ts';
import { ToldLayers } from './told-layers.ts';

export interface FolderSyncProps {
  readonly source: ManifestSource;
  readonly names: FolderNames;
  readonly layers: DeclaredLayers;
  readonly snapshots: SnapshotStore;
  readonly read: ReadManifest;
  readonly clock: Clock;
  /** Fields that would change in an agent; of a dry run. */
  readonly fieldsOf?: (id: string) => readonly string[];
  /** Told of each file of which there is news, as it is done. */
  readonly onResult: (result: SyncResult) => void;
}

export interface SyncOptions {
  readonly confirmRemovals?: boolean;
  /** Asked before each change. Default: always yes. */
  readonly mayGoOn?: () => boolean;
}

const OUTCOMES = { created: 'added', updated: 'updated', unchanged: 'unchanged', dismissed: 'dismissed' } as const;

/** A sync looks again when a file or a layer was changed under its hands; more often than this they never rest. */
const MAX_ROUNDS = 3;

/** Files at once; most cost nothing, some are read for the reason why they are no agents. */
const AT_ONCE = { concurrency: 16 } as const;

const isMoving = (error: unknown): boolean =>
  [ManifestChangedError, ManifestGoneError, PreconditionFailedError].some((kind) => error instanceof kind);

/** What had to be mended in a file to read it. */
function flawsOf({ degraded }: Partial<AgentRead> = {}): readonly FieldError[] {
  if (degraded === undefined) return [];
  const place = degraded.line === undefined ? '' : ` (line ${degraded.line})`;
  return [{ field: '', rule: 'degraded', message: `${degraded.reason}${place}` }];
}

const byPath = (a: SyncResult, b: SyncResult): number => (a.path < b.path ? -1 : Number(a.path > b.path));

/** Brings a folder into a registry, again and again, by one {@link HotReloadManager}; tells of it file by file. */
export class FolderSync {
  readonly #props: FolderSyncProps;
  readonly #manager: HotReloadManager;
  #mayGoOn: () => boolean = () => true;
  /** What this run did, by key; a file that left one agent for another has two results. */
  #done = new Map<string, SyncResult[]>();
  /** What was read in files last, by key. */
  readonly #read = new Map<string, AgentRead>();
  /** What was told last of each file, so that it is told once. */
  readonly #told = new Map<string, string>();
  readonly #skipped: SkippedFiles;

  constructor(props: FolderSyncProps) {
    this.#props = props;
    this.#skipped = new SkippedFiles(props.source, props.read);
    const { source, snapshots, read, clock } = props;
    const layers = new ToldLayers(props.layers, {
      before: () => {
        if (!this.#mayGoOn()) throw new UnavailableError('it was stopped.');
      },
      laid: (layer, declared) => this.#laid(layer, declared),
      removed: ({ id, origin }) => this.#note(origin, { verdict: 'removed', id }),
    });
    const readAgent = withoutServices(read);
    const removals = new RecentRemovals();
    this.#manager = new HotReloadManager({
      source,
      layers,
      snapshots,
      read: (key, content, origin) => this.#noteRead(key, readAgent(key, content, origin)),
      clock,
      removals,
      secondListing: 'at once',
      // Agents of one batch get their ids together: then files that changed places have each other's.
      batchSize: Number.MAX_SAFE_INTEGER,
    });
    this.#manager.on('removed', () => removals.take(Number.POSITIVE_INFINITY, clock.now()));
  }

  /** Looks at the whole folder. Never throws: what was in the way is in the report. */
  async sync(options: SyncOptions = {}): Promise<SyncReport> {
    this.#done = new Map();
    try {
      const { error } = await this.#poll(options);
      const { snapshot } = await this.#props.snapshots.load();
      const { held } = snapshot;
      const results = await this.#results(snapshot);
      return { results, ...(held && { held }), ...(error !== undefined && { error }) };
    } catch (error) {
      return { results: [...this.#done.values()].flat().sort(byPath), error };
    }
  }

  async #poll({ confirmRemovals = false, mayGoOn = () => true }: SyncOptions): Promise<PollReport> {
    this.#mayGoOn = mayGoOn;
    for (let round = 1; ; round += 1) {
      // What was refused may have been mended elsewhere: by another file, or in the registry.
      const report = await this.#manager.poll({ confirmRemovals, retry: true });
      if (!isMoving(report.error) || round === MAX_ROUNDS || !mayGoOn()) return report;
    }
  }

  #noteRead(key: string, read: ReadDocument): ReadDocument {
    if (read.verdict === 'agent') this.#read.set(key, read);
    else this.#read.delete(key);
    return read;
  }

  #laid({ id, origin, movedFrom }: DeclaredLayer, declared: Declared): void {
    const { names, fieldsOf } = this.#props;
    const { outcome } = declared;
    const warnings = [...flawsOf(this.#read.get(names.keyOf(origin))), ...declared.warnings];
    const fields = fieldsOf?.(id) ?? [];
    this.#note(origin, {
      id,
      ...(movedFrom !== undefined && outcome === 'updated'
        ? { verdict: 'moved', from: names.pathOf(names.keyOf(movedFrom)) }
        : { verdict: OUTCOMES[outcome] }),
      ...(outcome === 'updated' && fields.length > 0 && { fields }),
      ...(warnings.length > 0 && { warnings }),
    });
  }

  #note(origin: string, said: Omit<SyncResult, 'path'>): void {
    const { names } = this.#props;
    const key = names.keyOf(origin);
    const result = { path: names.pathOf(key), ...said };
    const before = this.#done.get(key) ?? [];
    if (said.verdict === 'dismissed' || (said.verdict === 'unchanged' && before.length > 0)) return;
    this.#done.set(key, [...before, result]);
    if (said.verdict === 'unchanged') this.#tellOnce(key, result);
    else {
      this.#told.delete(key);
      this.#props.onResult(result);
    }
  }

  /** What was done, and how the other files are. */
  async #results(snapshot: ReloadSnapshot): Promise<SyncResult[]> {
    const others = await pMap(
      Object.entries(snapshot.entries),
      async ([key, entry]) => {
        const state = await this.#stateOf(key, entry, snapshot.held !== undefined);
        if (state === undefined || (state.verdict === 'unchanged' && this.#done.has(key))) return [];
        this.#tellOnce(key, state);
        return [state];
      },
      AT_ONCE,
    );
    return [...[...this.#done.values()].flat(), ...others.flat()].sort(byPath);
  }

  /** Of a file that is as it was there is no news, but for what should be mended. */
  #tellOnce(key: string, state: SyncResult): void {
    const isNews = state.verdict !== 'unchanged' || state.warnings !== undefined;
    const said = isNews ? JSON.stringify(state) : undefined;
    if (isNews && this.#told.get(key) !== said) this.#props.onResult(state);
    if (said === undefined) this.#told.delete(key);
    else this.#told.set(key, said);
  }

  /** How a file is; `undefined`: it is gone, and nothing stands for it. */
  async #stateOf(key: string, entry: SnapshotEntry, anyHeld: boolean): Promise<SyncResult | undefined> {
    const { names } = this.#props;
    const { kind, problem, copyOf, missingSince, asked } = entry;
    const path = names.pathOf(key);
    const id = entry.id ?? asked ?? this.#read.get(key)?.agent.id;
    const named = { path, ...(id !== undefined && { id }) };
    if (missingSince !== undefined) return anyHeld && id !== undefined ? { ...named, verdict: 'held' } : undefined;
    if (problem) {
      const { reason, line } = problem;
      return { ...named, verdict: 'refused', reason, ...(line !== undefined && { line }) };
    }
    if (copyOf !== undefined) return { path, verdict: 'same', of: names.pathOf(copyOf) };
    if (kind === 'other') return { path, ...(await this.#skipped.explain(key, entry.etag)) };
    if (entry.id !== undefined) return { ...named, verdict: 'unchanged' };
    const reason = 'a call deregistered its agent; it comes back when the file changes';
    return { ...named, verdict: 'dismissed', reason };
  }
}
