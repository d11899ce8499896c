import { isoTime } from '../shared/clock.ts';
import { PreconditionFailedError } from '../shared/errors.ts';
import { lossBudget } from '../shared/loss-budget.ts';
import type { HotReloadChange, RefusedManifest } from './hot-reload-change.ts';
import { ManifestBatch } from './manifest-batch.ts';
import { isServiceKey } from './manifest-key.ts';
import { ManifestChangedError, ManifestGoneError } from './manifest-source.ts';
import { type EntryChange, type ReloadSnapshot, type SnapshotEntry, standsForSomething } from './reload-snapshot.ts';
import { isDeclared, takeAway } from './take-away.ts';
import type { RemovalPorts } from './vanished-manifests.ts';

/** What became of one manifest that an event spoke of. */
export interface Settled {
  readonly entry: EntryChange;
  readonly changes: readonly HotReloadChange[];
  readonly refused: readonly RefusedManifest[];
  /** Whether it is gone and was not taken away, because so many are. */
  readonly heldBack: boolean;
  /** What is worth another delivery of the event; what was done before is told all the same. */
  readonly error?: unknown;
}

/** Rounds before the poll is left to see to it: the object changes faster than it can be read. */
const MAX_ROUNDS = 5;

/** The object, or its layer, was written meanwhile: the next round sees what by. */
const isMoving = (error: unknown): boolean =>
  [ManifestChangedError, ManifestGoneError, PreconditionFailedError].some((kind) => error instanceof kind);

/** What a snapshot that does not know a manifest would know if it served. */
function assumed(key: string, id: string | undefined): SnapshotEntry {
  return { etag: '', kind: isServiceKey(key) ? 'service' : 'agent', ...(id !== undefined && { id }) };
}

/** One manifest over the rounds of its settling. */
class Settling {
  readonly changes: HotReloadChange[] = [];
  readonly refused: RefusedManifest[] = [];
  readonly #ports: RemovalPorts;
  readonly #snapshot: ReloadSnapshot;
  readonly #key: string;
  readonly #from: SnapshotEntry | undefined;
  #to: SnapshotEntry | undefined;
  #wrote = false;
  #heldBack = false;

  constructor(ports: RemovalPorts, snapshot: ReloadSnapshot, key: string) {
    this.#ports = ports;
    this.#snapshot = snapshot;
    this.#key = key;
    this.#from = snapshot.entries[key];
    this.#to = this.#from;
  }

  get settled(): Settled {
    const entry = { from: this.#from, to: this.#to, wrote: this.#wrote };
    return { entry, changes: this.changes, refused: this.refused, heldBack: this.#heldBack };
  }

  /** Whether the manifest was still what it was when all was done. Throws what is worth another delivery. */
  async round(): Promise<boolean> {
    const { source } = this.#ports;
    const etag = await source.head(this.#key);
    if (!(await (etag === undefined ? this.#remove() : this.#bring(etag)))) return false;
    return (await source.head(this.#key)) === etag;
  }

  /** @returns `false`: it was written meanwhile */
  async #bring(etag: string): Promise<boolean> {
    const known = { ...this.#snapshot, entries: { ...this.#snapshot.entries } };
    if (this.#to) known.entries[this.#key] = this.#to;
    const batch = new ManifestBatch(this.#ports, known);
    const { entries, changes, refused, deferred } = await batch.bring([{ key: this.#key, etag, entry: this.#to }]);
    this.changes.push(...changes);
    this.refused.push(...refused);
    const { to = this.#to, wrote = false } = entries.get(this.#key) ?? {};
    this.#to = to;
    this.#wrote ||= wrote;
    const why = deferred.get(this.#key);
    if (why !== undefined && !isMoving(why)) throw why;
    return why === undefined;
  }

  /**
   * Past the budget of removals, or while others are held, the manifest is only marked: it goes when somebody confirms
   * it. One that the snapshot does not know counts like any other: who lost the snapshot shall not lose the agents. One
   * that is gone already, of which an event comes late, counts for nothing.
   *
   * @returns `false`: it has come back, or what it said was written meanwhile
   */
  async #remove(): Promise<boolean> {
    const { removals, source, clock } = this.#ports;
    const entry = this.#to ?? assumed(this.#key, source.idOf(this.#key));
    const now = clock.now();
    const isHeld = this.#snapshot.held !== undefined;
    if ((await this.#counts(entry)) && (isHeld || !(await removals.take(await this.#budget(now), now)))) {
      this.#heldBack = true;
      this.#to = { ...entry, missingSince: entry.missingSince ?? isoTime(now) };
      return true;
    }
    const { gone, change } = await takeAway(this.#ports, this.#key, entry, { whenGone: true });
    if (change) this.changes.push(change);
    if (gone) {
      this.#to = undefined;
      this.#wrote = true;
    }
    return gone;
  }

  /** Whether it would take something from the registry; what a call has dismissed would come back, were it forgotten. */
  async #counts(entry: SnapshotEntry): Promise<boolean> {
    if (!standsForSomething(entry)) return false;
    return entry.id === undefined || isDeclared(this.#ports, this.#key, entry);
  }

  /** Of all that served before the first of this minute's removals. */
  async #budget(now: number): Promise<number> {
    const serving = Object.values(this.#snapshot.entries).filter(standsForSomething).length;
    return lossBudget(serving + (await this.#ports.removals.recent(now)));
  }
}

/**
 * Brings one manifest into the registry as it is now: whatever the event said that spoke of it, the source is asked.
 * It is asked once more when all is done, because events overtake each other: the last to ask has seen the last state.
 * Never throws.
 */
export async function settleManifest(ports: RemovalPorts, snapshot: ReloadSnapshot, key: string): Promise<Settled> {
  const settling = new Settling(ports, snapshot, key);
  try {
    for (let round = 0; round < MAX_ROUNDS; round += 1) if (await settling.round()) break;
    return settling.settled;
  } catch (error) {
    return { ...settling.settled, error };
  }
}
