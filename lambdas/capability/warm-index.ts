import type { ChangeLog, HeadList } from '../agents/change.ts';
import { CHANGE_DAYS } from '../agents/change.ts';
import type { Clock } from '../shared/clock.ts';
import { firstUlidOf, timeOfUlid } from '../shared/ids.ts';
import { AgentDirectory } from './agent-directory.ts';

/**
 * How far behind the newest entry each refresh starts reading, in milliseconds: an entry's id is made before its
 * transaction commits, so a slow writer's entry can appear behind what was already read (ARCHITECTURE, "Order").
 */
export const LATE_COMMIT_MS = 10_000;

/** A copy that has not followed the log for this long starts anew: entries it has not seen may have expired. */
const MAX_GAP_MS = (CHANGE_DAYS - 2) * 24 * 60 * 60 * 1000;

/** What a warm index reads from. */
export interface WarmIndexSources {
  readonly changes: ChangeLog;
  readonly heads: HeadList;
  readonly clock: Clock;
  /** A copy older than this, in milliseconds, is refreshed before it answers. */
  readonly maxStaleness: number;
}

/** A copy of the directory as of a moment. */
export interface FreshDirectory {
  readonly directory: AgentDirectory;
  /** Milliseconds since the copy was known to be complete. */
  readonly age: number;
}

interface Copy {
  readonly directory: AgentDirectory;
  /** When the last refresh began: everything committed before is in the copy. */
  readonly asOf: number;
  /** Time of the newest entry seen. */
  readonly newest: number;
}

/**
 * A warm function's copy of all digests: loaded once from the `heads` index, then following the change log at a cost
 * of O(changes). A refresh that fails leaves the copy as it was and is told to whoever asked.
 */
export class WarmIndex {
  readonly #sources: WarmIndexSources;
  #copy: Copy | undefined;
  /** The refresh under way: requests that come meanwhile wait for the same one. */
  #refreshing: Promise<Copy> | undefined;

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

  async #refresh(): Promise<Copy> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #read(): Promise<Copy> {
    const asOf = this.#sources.clock.now();
    const known = this.#copy && asOf - this.#copy.asOf < MAX_GAP_MS ? this.#copy : await this.#load(asOf);
    this.#copy = await this.#follow(known, asOf);
    return this.#copy;
  }

  /** From nothing: what the index lists, which may lag behind the table, so the log is read from before that. */
  async #load(asOf: number): Promise<Copy> {
    const directory = new AgentDirectory();
    for await (const digests of this.#sources.heads.readAll()) {
      for (const digest of digests) directory.put(digest);
    }
    return { directory, asOf, newest: asOf };
  }

  async #follow({ directory, newest }: Copy, asOf: number): Promise<Copy> {
    let latest = newest;
    for await (const changes of this.#sources.changes.read(firstUlidOf(newest - LATE_COMMIT_MS))) {
      for (const change of changes) {
        directory.apply(change);
        // No later than now: a writer whose clock runs ahead must not make this reader skip what others write.
        latest = Math.max(latest, Math.min(asOf, timeOfUlid(change.id)));
      }
    }
    return { directory, asOf, newest: latest };
  }
}
