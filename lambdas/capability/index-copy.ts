import type { ChangeLog, HeadList } from '../agents/change.ts';
import { firstUlidOf, timeOfUlid } from '../shared/ids.ts';
import { AgentDirectory } from './agent-directory.ts';
import type { BaseStore } from './base/base-store.ts';

/**
 * How far behind the newest entry each reading of the log starts, in milliseconds: an entry's id is made before its
 * transaction commits, so a slow writer's entry can appear behind what was already read (ARCHITECTURE, "Order").
 * What is later than that is appended again by `change-stream`.
 */
export const LATE_COMMIT_MS = 10_000;

/** How far the `heads` index may lag behind the table, in milliseconds; usually it is well under a second. */
export const HEADS_LAG_MS = 60_000;

/** How far the clock of whoever writes a base may run ahead, in milliseconds: others read on from where it says. */
export const CLOCK_AHEAD_MS = 60_000;

/** What a copy of the index is read from. */
export interface IndexSources {
  readonly changes: ChangeLog;
  readonly heads: HeadList;
  /** Base snapshots, where there are any. */
  readonly bases?: BaseStore;
}

/** All agents as of a moment. Milliseconds since the epoch. */
export interface IndexCopy {
  readonly directory: AgentDirectory;
  /** Everything that was committed before this moment is in the copy; 0: of no moment is that known yet. */
  readonly asOf: number;
  /** Where the next reading of the log goes on. */
  readonly position: number;
  /** Time of the newest entry known, by its writer's clock; 0 where there is none. No clock of a reader is in it. */
  readonly lastEntry: number;
}

/** From nothing, by the list of heads. It may lag, so the log is read from before what was its end. */
async function fromHeads({ heads, changes }: IndexSources, now: number): Promise<IndexCopy> {
  const newest = await changes.newestId();
  const directory = new AgentDirectory();
  for await (const digests of heads.readAll()) {
    for (const digest of digests) directory.put(digest);
  }
  const lastEntry = newest === undefined ? 0 : timeOfUlid(newest);
  return { directory, asOf: 0, position: Math.min(lastEntry, now) - HEADS_LAG_MS, lastEntry };
}

/**
 * A copy to start from: the newest usable base, else the list of heads. {@link followLog} brings it up to date.
 *
 * @param now milliseconds since the epoch
 */
export async function startCopy(sources: IndexSources, now: number): Promise<IndexCopy> {
  const base = await sources.bases?.newest(now);
  if (base === undefined) return fromHeads(sources, now);
  return { directory: new AgentDirectory(base.index), asOf: base.asOf, position: base.newest, lastEntry: base.newest };
}

/**
 * Applies what the log has since a copy was made; the directory is changed in place.
 *
 * @param now milliseconds since the epoch, taken before
 * @param elapsed milliseconds between `now` and the one of the reading before, no more than there were. While nothing
 * happens the position goes on with them: else the last ten seconds before the quiet were read again and again, all of
 * a large import. Default: it is not known
 * @returns the copy as of now, and how many entries were news to it
 */
export async function followLog(
  { directory, position, ...copy }: IndexCopy,
  { changes }: IndexSources,
  now: number,
  elapsed = 0,
): Promise<{ copy: IndexCopy; news: number }> {
  let { lastEntry } = copy;
  let news = 0;
  for await (const page of changes.read(firstUlidOf(position - LATE_COMMIT_MS))) {
    for (const change of page) {
      if (directory.apply(change)) news += 1;
      lastEntry = Math.max(lastEntry, timeOfUlid(change.id));
    }
  }
  // A writer whose clock runs ahead must not make readers skip what others write at the right time.
  const reached = Math.min(now, Math.max(lastEntry, position + elapsed));
  return { copy: { directory, asOf: now, position: reached, lastEntry }, news };
}
