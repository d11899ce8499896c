import { firstUlidOf, timeOfUlid } from '../shared/ids.ts';
import { CHANGE_DAYS, type Change, type ChangeLog, type HeadList } from './change.ts';
import type { AgentDigest } from './digest-schema.ts';

/**
 * How far behind the newest entry each reading of the log starts, in milliseconds: an entry's id is made before its
 * transaction commits, so a slow writer's entry can appear behind what was already read (ARCHITECTURE, "Order").
 * What is later than that is appended again by `change-stream`.
 */
export const LATE_COMMIT_MS = 10_000;

/** How far the `heads` index may lag behind the table, in milliseconds; usually it is well under a second. */
const HEADS_LAG_MS = 60_000;

/** A copy that has not followed the log for this long, in milliseconds, starts anew: entries it has not seen may have expired. */
export const MAX_GAP_MS = (CHANGE_DAYS - 2) * 24 * 60 * 60 * 1000;

/** What is kept in memory of all agents. It counts a change only if its revision is newer than what it holds. */
export interface LogView {
  /** Takes a digest from the list of heads, where there is nothing newer. */
  put(digest: AgentDigest): void;
  /** Applies one entry of the change log. Returns whether it was news. */
  apply(change: Change): boolean;
}

/** Where all agents are read from. */
export interface LogSources {
  readonly changes: ChangeLog;
  readonly heads: HeadList;
}

/** All agents as of a moment. Milliseconds since the epoch. */
export interface LogCopy<View extends LogView> {
  readonly view: View;
  /** Everything that was committed before this moment is in the copy; 0: of no moment is that known yet. */
  readonly asOf: number;
  /** Where the next reading of the log goes on. */
  readonly position: number;
  /** Time of the newest entry known, by its writer's clock; 0 where there is none. No clock of a reader is in it. */
  readonly lastEntry: number;
}

/**
 * A copy from nothing, by the list of heads. It may lag, so the log is read from before what was its end:
 * {@link followLog} brings it up to date.
 *
 * @param view empty; changed in place
 * @param now milliseconds since the epoch
 */
export async function copyOfHeads<View extends LogView>(
  view: View,
  { heads, changes }: LogSources,
  now: number,
): Promise<LogCopy<View>> {
  const newest = await changes.newestId();
  for await (const digests of heads.readAll()) {
    for (const digest of digests) view.put(digest);
  }
  const lastEntry = newest === undefined ? 0 : timeOfUlid(newest);
  return { view, asOf: 0, position: Math.min(lastEntry, now) - HEADS_LAG_MS, lastEntry };
}

/**
 * Applies what the log has since a copy was made; the view is changed in place.
 *
 * @param now milliseconds since the epoch, taken before
 * @param elapsed milliseconds between `now` and the one of the reading before, no more than there were. While nothing
 * happens the position goes on with them: else the last ten seconds before the quiet were read again and again, all of
 * a large import. Default: it is not known
 * @returns the copy as of now, and how many entries were news to it
 */
export async function followLog<View extends LogView>(
  { view, position, ...copy }: LogCopy<View>,
  { changes }: Pick<LogSources, 'changes'>,
  now: number,
  elapsed = 0,
): Promise<{ copy: LogCopy<View>; news: number }> {
  let { lastEntry } = copy;
  let news = 0;
  for await (const page of changes.read(firstUlidOf(position - LATE_COMMIT_MS))) {
    for (const change of page) {
      if (view.apply(change)) news += 1;
      lastEntry = Math.max(lastEntry, timeOfUlid(change.id));
    }
  }
  // A writer whose clock runs ahead must not make readers skip what others write at the right time.
  const reached = Math.min(now, Math.max(lastEntry, position + elapsed));
  return { copy: { view, asOf: now, position: reached, lastEntry }, news };
}
