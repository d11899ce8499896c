import { firstUlidOf, timeOfUlid, type UlidFactory } from '../shared/ids.ts';
import type { Head } from './agent-record.ts';
import type { Change } from './change.ts';
import { retryingCommits } from './commit-loop.ts';

/**
 * An entry whose id is older than its commit by more than this, in milliseconds, is appended again. The feed shows
 * entries after 2.5 s; the stream tells the commit's time rounded down to a second, so the bound is a second below.
 */
export const LATE_AFTER_MS = 1_000;

/** A log entry, and when it was committed (milliseconds since the epoch, perhaps rounded down). */
export interface CommittedChange {
  readonly change: Change;
  readonly committedAt: number;
}

/** What appending again needs of the store. */
export interface LateChangeStore {
  head(agentId: string): Promise<Head | undefined>;
  change(id: string): Promise<Change | undefined>;
  /**
   * Appends copies, makes the last of them the head's newest entry and marks `late` as copied, in one transaction. Does
   * nothing where it was copied before.
   *
   * @throws CommitConflictError when the head is no longer as it was read
   */
  append(late: Change, copies: readonly Change[], head: Head): Promise<void>;
}

/** Whether readers may have gone past an entry's place before it was there. */
export const isLate = ({ change, committedAt }: CommittedChange): boolean =>
  committedAt - timeOfUlid(change.id) > LATE_AFTER_MS;

/**
 * Appends a late entry again, once, under an id of now. Where the agent has changed since, its newest entry is repeated
 * behind it in the same transaction: the last entry of an agent always is its newest revision, so a reader may start
 * anywhere in the log and ends with what is true.
 *
 * @throws UnavailableError when the agent keeps changing meanwhile; StoreBusyError
 */
export async function appendLate(
  { change: late, committedAt }: CommittedChange,
  store: LateChangeStore,
  newUlid: UlidFactory,
): Promise<void> {
  // By the table's clock at least, with time to commit: under a slow one of our own the copy would be late as well.
  const earliest = firstUlidOf(committedAt + LATE_AFTER_MS);
  await retryingCommits(async () => {
    const head = await store.head(late.agentId);
    if (head === undefined) return;
    const newest = head.revision > late.revision ? await store.change(head.changeId) : undefined;
    let id = head.changeId > earliest ? head.changeId : earliest;
    const copies = [late, ...(newest ? [newest] : [])].map((change): Change => {
      id = newUlid(id);
      return { ...change, id, copyOf: change.copyOf ?? change.id };
    });
    await store.append(late, copies, head);
  });
}
