import pRetry from 'p-retry';
import type { Change } from './change.ts';

/** Announces changes to the world. */
export interface ChangePublisher {
  /** Largest number of changes in one call. */
  readonly batchSize: number;
  /**
   * Announces a batch.
   *
   * @returns the indexes of the changes that were refused; a call that failed as a whole throws
   */
  publish(changes: readonly Change[]): Promise<readonly number[]>;
}

/** How often what was refused is sent again before the batch is given back. */
export interface PublishBounds {
  readonly retries: number;
  /** Milliseconds before the first retry; doubled each time, times a random 1 to 2. */
  readonly minTimeout: number;
}

const DEFAULT_BOUNDS: PublishBounds = { retries: 4, minTimeout: 50 };

/** Some changes were refused time and again: whoever gave them must give them again. */
export class ChangesRefusedError extends Error {
  constructor(changes: readonly Change[]) {
    const names = changes.map(({ agentId, revision }) => `${agentId}#${revision}`);
    super(`${changes.length} changes were refused: ${names.slice(0, 10).join(', ')}`);
    this.name = 'ChangesRefusedError';
  }
}

/**
 * Announces changes in their order, batch by batch. Refused ones are sent again by themselves.
 *
 * @throws ChangesRefusedError, or what the publisher threw, when a batch does not get through: nothing after it is sent
 */
export async function publishChanges(
  changes: readonly Change[],
  publisher: ChangePublisher,
  bounds: PublishBounds = DEFAULT_BOUNDS,
): Promise<void> {
  for (let start = 0; start < changes.length; start += publisher.batchSize) {
    let pending = changes.slice(start, start + publisher.batchSize);
    await pRetry(
      async () => {
        const refused = await publisher.publish(pending);
        pending = pending.filter((_, index) => refused.includes(index));
        if (pending.length > 0) throw new ChangesRefusedError(pending);
      },
      { ...bounds, randomize: true },
    );
  }
}
