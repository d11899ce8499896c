import { CHANGE_DAYS } from '../agents/change.ts';
import type { Clock } from '../shared/clock.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { followLog, type IndexCopy, type IndexSources, startCopy } from './index-copy.ts';

/** A copy that has not followed the log for this long starts anew: entries it has not seen may have expired. */
const MAX_GAP_MS = (CHANGE_DAYS - 2) * 24 * 60 * 60 * 1000;

/** What a warm index reads from, and when. */
export interface WarmIndexSources extends IndexSources {
  readonly clock: Clock;
  /** A copy older than this, in milliseconds, is refreshed before it answers. */
  readonly maxStaleness: number;
  /** Told after each refresh how old the copy is now, in milliseconds; one that fails leaves it as old as it was. */
  readonly onRefresh?: (age: number) => void;
}

/** A copy of the directory as of a moment. */
export interface FreshDirectory {
  readonly directory: AgentDirectory;
  /** Milliseconds since the copy was known to be complete. */
  readonly age: number;
}

/**
 * A warm function's copy of all digests: started from a base snapshot or the `heads` index, then following the change
 * log at a cost of O(changes). A refresh that fails leaves the copy as it was and is told to whoever asked.
 */
export class WarmIndex {
  readonly #sources: WarmIndexSources;
  #copy: IndexCopy | undefined;
  /** The refresh under way: requests that come meanwhile wait for the same one. */
  #refreshing: Promise<IndexCopy> | undefined;

  constructor(sources: WarmIndexSources) {
    this.#sources = sources;
  }

  /** The directory, no staler than the bound. Throws what its sources throw. */
  async fresh(): Promise<FreshDirectory> {
    const { clock, maxStaleness } = this.#sources;
    let copy = this.#copy;
    if (copy === undefined || clock.now() - copy.asOf > maxStaleness) copy = await this.#refresh();
    return { directory: copy.directory, age: Math.max(0, clock.now() - copy.asOf) };
  }

  async #refresh(): Promise<IndexCopy> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
      const { clock, onRefresh } = this.#sources;
      if (this.#copy) onRefresh?.(clock.now() - this.#copy.asOf);
    });
    return this.#refreshing;
  }

  async #read(): Promise<IndexCopy> {
    const now = this.#sources.clock.now();
    const known = this.#copy && now - this.#copy.asOf < MAX_GAP_MS ? this.#copy : await startCopy(this.#sources, now);
    const { copy } = await followLog(known, this.#sources, now);
    this.#copy = copy;
    return copy;
  }
}
