import type { UlidFactory } from '../shared/ids.ts';
import { timeOfUlid } from '../shared/ids.ts';
import type { Head } from './agent-record.ts';
import type { Change } from './change.ts';
import { retryingCommits } from './commit-loop.ts';

/**
 * An entry whose id is older than its commit by more than this, in milliseconds, is appended again. The feed shows
 * entries after 2 s; the stream tells the commit's time rounded down to a second, so the bound is a second below.
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
   * Appends copies and makes the last of them the head's newest entry, in one transaction.
   *
   * @throws CommitConflictError when the head is no longer as it was read
   */
  append(copies: readonly Change[], head: Head): Promise<void>;
}

/** Whether readers may have gone past an entry's place before it was there. */
export const isLate = ({ change, committedAt }: CommittedChange): boolean =>
  committedAt - timeOfUlid(change.id) > LATE_AFTER_MS;

/**
 * Appends a late entry again, under an id of now. Where the agent has changed since, its newest entry is repeated
 * behind it in the same transaction: the last entry of an agent always is its newest revision, so a reader may start
 * anywhere in the log and ends with what is true.
 *
 * @throws UnavailableError when the agent keeps changing meanwhile; StoreBusyError
 */
export async function appendLate(late: Change, store: LateChangeStore, newUlid: UlidFactory): Promise<void> {
  await retryingCommits(async () => {
    const head = await store.head(late.agentId);
    if (head === undefined) return;
    const newest = head.revision > late.revision ? await store.change(head.changeId) : undefined;
    let id = head.changeId;
    const copies = [late, ...(newest ? [newest] : [])].map((change): Change => {
      id = newUlid(id);
      return { ...change, id, copyOf: change.copyOf ?? change.id };
    });
    await store.append(copies, head);
  });
}
