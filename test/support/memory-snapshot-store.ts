import {
  EMPTY_SNAPSHOT,
  type LoadedSnapshot,
  type ReloadSnapshot,
  SnapshotChangedError,
  type SnapshotStore,
} from '../../lambdas/discovery/reload-snapshot.ts';

/** As a snapshot comes back from where it is kept: as JSON. */
const copyOf = (snapshot: ReloadSnapshot): ReloadSnapshot => JSON.parse(JSON.stringify(snapshot));

/** The snapshot of one source in memory. */
export class MemorySnapshotStore implements SnapshotStore {
  /** Asked before each call takes effect: may throw, and may wait. */
  hook: (call: 'load' | 'replace') => void | Promise<void> = () => undefined;
  replaced = 0;
  #snapshot: ReloadSnapshot = EMPTY_SNAPSHOT;
  #tag: number | null = null;

  get snapshot(): ReloadSnapshot {
    return this.#snapshot;
  }

  async load(): Promise<LoadedSnapshot> {
    await this.hook('load');
    return { snapshot: copyOf(this.#snapshot), tag: this.#tag === null ? null : String(this.#tag) };
  }

  async replace(snapshot: ReloadSnapshot, tag: string | null): Promise<void> {
    await this.hook('replace');
    if (tag !== (this.#tag === null ? null : String(this.#tag))) throw new SnapshotChangedError();
    this.#snapshot = copyOf(snapshot);
    this.#tag = (this.#tag ?? 0) + 1;
    this.replaced += 1;
  }
}
