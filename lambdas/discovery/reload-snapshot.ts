import { isDeepStrictEqual } from 'node:util';
import pRetry from 'p-retry';
import type { RetryBounds } from '../agents/commit-loop.ts';
import { type FieldError, UnavailableError } from '../shared/errors.ts';
import type { Warning } from './declared-layers.ts';
import type { ValidationStep } from './reload-terms.ts';

/** Why a manifest is refused. */
export interface Problem {
  readonly step: ValidationStep;
  readonly reason: string;
  readonly errors: readonly FieldError[];
  readonly line?: number;
  /** ISO 8601: when this version was refused first. */
  readonly since: string;
  /** Milliseconds since the epoch after which it is tried again; absent: not before it changes. */
  readonly retryAt?: number;
}

/** What is known of one manifest. */
export interface SnapshotEntry {
  /** The version that was looked at. */
  readonly etag: string;
  readonly kind: 'agent' | 'service' | 'other';
  /** Id of the agent or service that serves from it. Absent: none does. */
  readonly id?: string;
  /** The name that its agent was given. */
  readonly name?: string;
  /** The id that it asks for; another than `id` where that was taken. */
  readonly asked?: string;
  /** Version of the agent that serves. */
  readonly version?: string;
  /** The manifest of the same bytes that stands for this one. */
  readonly copyOf?: string;
  readonly problem?: Problem;
  readonly warnings?: readonly Warning[];
  /** ISO 8601: when this version was first served with these warnings. */
  readonly warnedAt?: string;
  /** ISO 8601: when a complete listing first lacked it. */
  readonly missingSince?: string;
  /** Two who looked at it at once know different things of it, and one of them has written: the next poll looks again. */
  readonly doubtful?: true;
}

/** What a source was like when it was last looked at. */
export interface ReloadSnapshot {
  readonly entries: Readonly<Record<string, SnapshotEntry>>;
  /** ISO 8601. */
  readonly lastChangeAt?: string;
  /** How many removals are held, of how many manifests, and since when (ISO 8601). */
  readonly held?: { readonly count: number; readonly of: number; readonly since: string };
}

export const EMPTY_SNAPSHOT: ReloadSnapshot = { entries: {} };

/** Whether a manifest stands for an agent or a service: it serves, or would if a call had not dismissed it. */
export const standsForSomething = ({ id, kind, asked }: SnapshotEntry): boolean =>
  id !== undefined || (kind === 'agent' && asked !== undefined);

/** What serves from a manifest: agents and services have ids of their own kind. */
export const servedBy = ({ id, kind }: SnapshotEntry): string | undefined =>
  id === undefined ? undefined : `${kind} ${id}`;

/** A snapshot as it was loaded; `tag` names its version, `null`: there was none. */
export interface LoadedSnapshot {
  readonly snapshot: ReloadSnapshot;
  readonly tag: string | null;
}

/** Somebody else has replaced the snapshot meanwhile. */
export class SnapshotChangedError extends Error {
  constructor(options?: ErrorOptions) {
    super('The snapshot was replaced by somebody else', options);
    this.name = 'SnapshotChangedError';
  }
}

/** Where the snapshot of one source is kept. */
export interface SnapshotStore {
  /** The newest one; an empty one where there is none, or none that can be read. */
  load(): Promise<LoadedSnapshot>;
  /** @throws SnapshotChangedError when the stored one is no longer `tag` */
  replace(snapshot: ReloadSnapshot, tag: string | null): Promise<void>;
}

/** What became of one manifest: what was known of it when the work began, and what is known now. */
export interface EntryChange {
  readonly from: SnapshotEntry | undefined;
  readonly to: SnapshotEntry | undefined;
  /** Whether what serves was written, or may have been. Default: false. */
  readonly wrote?: boolean;
}
export type EntryChanges = ReadonlyMap<string, EntryChange>;

/** What else a snapshot learns. */
export interface SnapshotNews {
  readonly lastChangeAt?: string;
  /** `undefined`: nothing is held any longer. */
  readonly held?: ReloadSnapshot['held'] | undefined;
}

/**
 * A snapshot after some work. Where somebody else has looked at a manifest meanwhile, theirs stays: an old poll never
 * puts old over new. But if this work has written, what serves may not be what they saw: a manifest that went back to
 * what it was looks unchanged to whoever comes between the reading and the writing of another one. Nothing is held where
 * nothing is missing, whatever the work has seen. Pure.
 */
export function changedSnapshot(snapshot: ReloadSnapshot, changes: EntryChanges, news: SnapshotNews): ReloadSnapshot {
  const entries: Record<string, SnapshotEntry> = { ...snapshot.entries };
  for (const [key, { from, to, wrote = false }] of changes) {
    // An agent may be called `constructor`.
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined;
    const left = known ?? to;
    if (!isDeepStrictEqual(known, from)) {
      if (wrote && left !== undefined && !isDeepStrictEqual(known, to)) entries[key] = { ...left, doubtful: true };
    } else if (to === undefined) delete entries[key];
    else entries[key] = to;
  }
  const { held = undefined, ...rest } = { ...snapshot, ...news };
  const isWaiting = held !== undefined && Object.values(entries).some(({ missingSince }) => missingSince !== undefined);
  return { ...rest, ...(isWaiting && { held }), entries };
}

/** Tries of an update that others get in the way of: within about two seconds of waiting. */
const TRIES: RetryBounds = { retries: 8, minTimeout: 20, maxTimeout: 500 };

/**
 * Brings work into the stored snapshot; nothing is written where nothing is news.
 *
 * @param options `loaded`: what was loaded before, which spares a call when nobody else has written
 * @throws UnavailableError when others write all the time; what the store throws
 */
export async function updateSnapshot(
  store: SnapshotStore,
  changes: EntryChanges,
  news: SnapshotNews,
  { loaded, bounds = TRIES }: { readonly loaded?: LoadedSnapshot | undefined; readonly bounds?: RetryBounds } = {},
): Promise<ReloadSnapshot> {
  let known = loaded;
  try {
    return await pRetry(
      async () => {
        const { snapshot, tag } = known ?? (await store.load());
        known = undefined;
        const next = changedSnapshot(snapshot, changes, news);
        if (!isDeepStrictEqual(next, snapshot)) await store.replace(next, tag);
        return next;
      },
      { ...bounds, randomize: true, shouldRetry: ({ error }) => error instanceof SnapshotChangedError },
    );
  } catch (error) {
    if (!(error instanceof SnapshotChangedError)) throw error;
    throw new UnavailableError('Others are writing the snapshot of the manifests.', { cause: error });
  }
}
