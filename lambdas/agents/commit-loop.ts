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
  /** Milliseconds after which no further try begins. Default: no such bound. */
  readonly maxRetryTime?: number;
}

/** At most 10 tries within about 4 seconds of waiting. */
export const DEFAULT_RETRIES: RetryBounds = { retries: 9, minTimeout: 10, maxTimeout: 800 };

/**
 * Of functions that answer calls of the API. No try begins after 4 seconds: it may take the SDK's own three sendings of up
 * to three seconds each, and such a function has 15 in all. Past that the gateway would answer in our place, and not say
 * «try again».
 */
export const API_RETRIES: RetryBounds = { ...DEFAULT_RETRIES, maxRetryTime: 4_000 };

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
 * Reads, decides, commits; when others were quicker, again from the reading on.
 * After a commit that is not known to have taken effect, the log is asked first: decided anew, a write would stumble
 * over itself and answer that its own agent exists already, or has changed, or is gone.
 *
 * @param decide reads and decides; told what stood in the way of the commit before, if anything did
 * @throws UnavailableError when the bounds are used up; whatever else `decide` throws
 */
export async function commitLoop<Result>(
  { store, retries }: Pick<WriteContext, 'store' | 'retries'>,
  decide: (obstacle: CommitObstacle | undefined) => Promise<Decision<Result>>,
): Promise<Result> {
  /** Commits that may have taken effect, and what to answer if they did. */
  const unsettled: { readonly changeId: string; readonly result: Result }[] = [];
  return retryingCommits(async (obstacle) => {
    for (const { changeId, result } of unsettled) if (await store.hasChange(changeId)) return result;
    const { commit, result } = await decide(obstacle);
    if (commit === undefined) return result;
    await store.commit(commit).catch((error: unknown) => {
      if (error instanceof StoreBusyError) unsettled.push({ changeId: commit.change.id, result });
      throw error;
    });
    return result;
  }, retries);
}
