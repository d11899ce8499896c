import pMap from 'p-map';
import { isoTime } from '../shared/clock.ts';
import type { BatchPorts } from './fetch-manifest.ts';
import type { HotReloadChange } from './hot-reload-change.ts';
import type { ReloadPlan } from './reload-plan.ts';
import {
  type EntryChange,
  type ReloadSnapshot,
  type SnapshotEntry,
  type SnapshotNews,
  servedBy,
  standsForSomething,
} from './reload-snapshot.ts';
import { isSuspicious } from './removal-guard.ts';
import { takeAway } from './take-away.ts';

/** Counts what events take away, over all functions that handle them. */
export interface RemovalCount {
  /** Counts one more removal within the last minute, unless there were `limit` already; says whether it may go. */
  take(limit: number, now: number): Promise<boolean>;
  /** Removals counted within the last minute. */
  recent(now: number): Promise<number>;
}

/** What removing needs. */
export interface RemovalPorts extends BatchPorts {
  readonly removals: RemovalCount;
  /** When a listing must lack a manifest for the second time: at the next poll, or in another listing at once. */
  readonly secondListing: 'next poll' | 'at once';
}

/** What became of manifests that a complete listing lacks. */
export interface Removal {
  readonly entries: ReadonlyMap<string, EntryChange>;
  readonly changes: readonly HotReloadChange[];
  /** How many are held back, and why nobody may go without a word. */
  readonly held: number;
  readonly news: SnapshotNews;
  /** What kept one of them from going: the next poll tries again. */
  readonly deferred?: unknown;
}

const AT_ONCE = { concurrency: 16 } as const;

/** What serves from manifests which are there: what moved is not missing. */
function presentIn({ entries }: ReloadSnapshot, missing: ReadonlySet<string>): Set<string | undefined> {
  const there = Object.entries(entries).filter(([key, { id }]) => id !== undefined && !missing.has(key));
  return new Set(there.map(([, entry]) => servedBy(entry)));
}

/** Keys that have been lacking long enough: in two complete listings. */
async function lackingTwice(
  { source, secondListing }: RemovalPorts,
  missing: readonly string[],
  { entries }: ReloadSnapshot,
  atOnce: boolean,
): Promise<Set<string>> {
  if (!atOnce && secondListing === 'next poll') {
    return new Set(missing.filter((key) => entries[key]?.missingSince !== undefined));
  }
  const there = new Set((await source.list()).map(({ key }) => key));
  return new Set(missing.filter((key) => !there.has(key)));
}

const flagged = (entry: SnapshotEntry, now: number): SnapshotEntry => ({
  ...entry,
  missingSince: entry.missingSince ?? isoTime(now),
});

function unflagged({ missingSince: _, ...entry }: SnapshotEntry): SnapshotEntry {
  return entry;
}

/**
 * Takes away what two complete listings lack and the source itself says is gone, unless so much vanishes at once that
 * somebody must confirm it: then nobody goes, and all is kept as it is (see {@link isSuspicious}), until it is confirmed
 * or everything has come back.
 *
 * @param confirmed somebody has said that what vanished may go
 */
export async function removeVanished(
  ports: RemovalPorts,
  plan: Pick<ReloadPlan, 'missing' | 'returned'>,
  snapshot: ReloadSnapshot,
  { emptyListing, confirmed }: { readonly emptyListing: boolean; readonly confirmed: boolean },
): Promise<Removal> {
  const entries = new Map<string, EntryChange>();
  const changes: HotReloadChange[] = [];
  const now = ports.clock.now();
  const entryOf = (key: string) => snapshot.entries[key] as SnapshotEntry;
  // Since the plan was made an event may have taken one away.
  const isKnown = (key: string) => Object.hasOwn(snapshot.entries, key);
  const [missing, returned] = [plan.missing.filter(isKnown), plan.returned.filter(isKnown)];
  for (const key of returned) entries.set(key, { from: entryOf(key), to: unflagged(entryOf(key)) });
  if (missing.length === 0) return { entries, changes, held: 0, news: { held: undefined } };

  const present = presentIn(snapshot, new Set(missing));
  const isGone = (entry: SnapshotEntry) => standsForSomething(entry) && !present.has(servedBy(entry) ?? '');
  const vanished = missing.filter((key) => isGone(entryOf(key)));
  const total = present.size + vanished.length;
  const justRemoved = await ports.removals.recent(now);
  const suspicious = isSuspicious({ missing: vanished.length, total, emptyListing, justRemoved });
  const isHeld = snapshot.held !== undefined && vanished.length > 0;
  if ((suspicious || isHeld) && !confirmed) {
    for (const key of missing) entries.set(key, { from: entryOf(key), to: flagged(entryOf(key), now) });
    const held = { count: vanished.length, of: total, since: snapshot.held?.since ?? isoTime(now) };
    return { entries, changes, held: vanished.length, news: { held } };
  }

  const lacking = await lackingTwice(ports, missing, snapshot, confirmed);
  let deferred: unknown;
  await pMap(
    missing,
    async (key) => {
      const entry = entryOf(key);
      if (!lacking.has(key)) return entries.set(key, { from: entry, to: flagged(entry, now) });
      try {
        const { gone, change } = await takeAway(ports, key, entry, { whenGone: true });
        if (change) changes.push(change);
        return entries.set(key, { from: entry, to: gone ? undefined : unflagged(entry), wrote: gone });
      } catch (error) {
        deferred ??= error;
        return entries.set(key, { from: entry, to: flagged(entry, now), wrote: true });
      }
    },
    AT_ONCE,
  );
  return { entries, changes, held: 0, news: { held: undefined }, ...(deferred !== undefined && { deferred }) };
}
