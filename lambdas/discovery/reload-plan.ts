import type { ListedManifest } from './manifest-source.ts';
import type { ReloadSnapshot, SnapshotEntry } from './reload-snapshot.ts';

/** A manifest that must be looked at. */
export interface PlannedManifest extends ListedManifest {
  /** What is known of it. */
  readonly entry: SnapshotEntry | undefined;
  /** The manifest of the same bytes that stands for it. Absent: it stands for itself. */
  readonly copyOf?: string;
}

/** What a complete listing says, held against what was known. */
export interface ReloadPlan {
  readonly changed: readonly PlannedManifest[];
  /** Keys that the listing lacks. */
  readonly missing: readonly string[];
  /** Keys that an earlier listing lacked and this one has. */
  readonly returned: readonly string[];
  readonly unchanged: number;
}

export interface PlanOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether what was refused, or served with a warning, is looked at again although it has not changed. */
  readonly retry: boolean;
  /** Whether manifests of the same bytes describe one agent, as files that were copied do. */
  readonly copiesAreOne: boolean;
}

const byKey = (a: ListedManifest, b: ListedManifest): number => (a.key < b.key ? -1 : Number(a.key > b.key));

/** Of manifests of the same bytes, the one that stands for them: the one that serves already, else the first. */
function standing(listing: readonly ListedManifest[], { entries }: ReloadSnapshot): Map<string, string> {
  const byEtag = new Map<string, { readonly key: string; readonly serves: boolean }>();
  for (const { key, etag } of listing) {
    const entry = entries[key];
    const serves = entry?.id !== undefined && entry.etag === etag;
    const other = byEtag.get(etag);
    if (other === undefined || (serves && !other.serves)) byEtag.set(etag, { key, serves });
  }
  return new Map([...byEtag].map(([etag, { key }]) => [etag, key]));
}

function isDue(entry: SnapshotEntry, { now, retry }: PlanOptions): boolean {
  if (entry.doubtful) return true;
  if (retry && (entry.problem !== undefined || entry.warnings !== undefined)) return true;
  const { retryAt } = entry.problem ?? {};
  return retryAt !== undefined && retryAt <= now;
}

/** Compares a complete listing with the snapshot (second specification, "Hot Reload", step 2). Pure. */
export function planReload(
  listing: readonly ListedManifest[],
  snapshot: ReloadSnapshot,
  options: PlanOptions,
): ReloadPlan {
  const ordered = listing.toSorted(byKey);
  const representative = options.copiesAreOne ? standing(ordered, snapshot) : new Map<string, string>();
  const changed: PlannedManifest[] = [];
  const returned: string[] = [];
  for (const listed of ordered) {
    const entry = Object.hasOwn(snapshot.entries, listed.key) ? snapshot.entries[listed.key] : undefined;
    const stands = representative.get(listed.etag) ?? listed.key;
    const copyOf = stands === listed.key ? undefined : stands;
    const same = entry?.etag === listed.etag && entry.copyOf === copyOf;
    if (!same || isDue(entry, options)) changed.push({ ...listed, entry, ...(copyOf !== undefined && { copyOf }) });
    else if (entry.missingSince !== undefined) returned.push(listed.key);
  }
  const listed = new Set(listing.map(({ key }) => key));
  const missing = Object.keys(snapshot.entries).filter((key) => !listed.has(key));
  return { changed, missing, returned, unchanged: listing.length - changed.length };
}
