import pRetry from 'p-retry';
import type { Clock } from '../shared/clock.ts';
import { UnavailableError } from '../shared/errors.ts';
import type { UlidFactory } from '../shared/ids.ts';
import {
  type AgentStore,
  type Commit,
  CommitConflictError,
  type CommitObstacle,
  StoreBusyError,
} from './agent-store.ts';
import type { RegistrationPolicy } from './registration-steps.ts';

/** How often and how patiently a write is decided anew. */
export interface RetryBounds {
  readonly retries: number;
  /** Milliseconds before the first retry; doubled each time, times a random 1 to 2. */
  readonly minTimeout: number;
  readonly maxTimeout: number;
}

/** At most 10 tries within about 4 seconds: well inside a function's timeout. */
export const DEFAULT_RETRIES: RetryBounds = { retries: 9, minTimeout: 10, maxTimeout: 800 };

/**
 * How long after it was decided a commit may be sent again as it is, in milliseconds. Readers of the log look back 10
 * seconds for entries that commit late; the SDK's own three sendings of three seconds each must fit in there as well.
 */
export const RESEND_MS = 1_000;

/** What every write needs. */
export interface WriteContext {
  readonly store: AgentStore;
  readonly clock: Clock;
  readonly newUlid: UlidFactory;
  readonly policy: RegistrationPolicy;
  readonly retries?: RetryBounds;
}

/** What one look at the table leads to: something to write, or nothing, and what to answer once it is written. */
export interface Decision<Result> {
  readonly commit?: Commit;
  readonly result: Result;
}

const isPassing = (error: unknown): boolean => error instanceof CommitConflictError || error instanceof StoreBusyError;

const isContention = (error: unknown): boolean =>
  error instanceof CommitConflictError && error.obstacle === 'contention';

/**
 * Runs a transaction and what leads to it again and again while others get in its way. The SDK does not retry
 * cancelled transactions (its retry lists lack `TransactionCanceledException`), and it could not: what to write has
 * changed.
 *
 * @param attempt told what stood in the way of the attempt before, if anything did
 * @throws UnavailableError when the bounds are used up; whatever else `attempt` throws
 */
export async function retryingCommits<Result>(
  attempt: (obstacle: CommitObstacle | undefined) => Promise<Result>,
  bounds: RetryBounds = DEFAULT_RETRIES,
): Promise<Result> {
  let obstacle: CommitObstacle | undefined;
  try {
    return await pRetry(() => attempt(obstacle), {
      ...bounds,
      factor: 2,
      randomize: true,
      shouldRetry: ({ error }) => isPassing(error),
      onFailedAttempt: ({ error }) => {
        obstacle = error instanceof CommitConflictError ? error.obstacle : undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof CommitConflictError)) throw error;
    throw new UnavailableError('Others are writing the same agent or name.', { cause: error });
  }
}

/**
 * Reads, decides, commits; when others were quicker, again from the reading on. A commit that may have taken effect is
 * sent again as it is, which the store takes once: decided anew, a write would stumble over itself and answer that its
 * own agent exists already, or has changed, or is gone.
 *
 * @param decide reads and decides; told what stood in the way of the commit before, if anything did
 * @throws UnavailableError when the bounds are used up; whatever else `decide` throws
 */
export async function commitLoop<Result>(
  { store, clock, retries }: WriteContext,
  decide: (obstacle: CommitObstacle | undefined) => Promise<Decision<Result>>,
): Promise<Result> {
  let unsettled: Decision<Result> | undefined;
  return retryingCommits(async (obstacle) => {
    const decision = unsettled ?? (await decide(obstacle));
    const { commit, result } = decision;
    if (commit === undefined) return result;
    try {
      await store.commit(commit);
      return result;
    } catch (error) {
      if (error instanceof StoreBusyError) unsettled = decision;
      // Contention says of this sending only that it did nothing; a condition that failed settles those before it too.
      else if (!isContention(error)) unsettled = undefined;
      if (clock.now() - Date.parse(commit.change.at) > RESEND_MS) unsettled = undefined;
      throw error;
    }
  }, retries);
}
