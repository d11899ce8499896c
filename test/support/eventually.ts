import pRetry from 'p-retry';

/**
 * Waits for what another process will have done by then: calls `probe` until it stops throwing. A matter of seconds;
 * after a minute the last error is the test's.
 */
export const eventually = <Result>(probe: () => Promise<Result>, maxRetryTime = 60_000): Promise<Result> =>
  pRetry(async () => probe().catch(asRetryable), { retries: 1_000, minTimeout: 100, maxTimeout: 500, maxRetryTime });

/** p-retry takes a `TypeError` for a programming error and gives up; jest's matchers throw plain errors. */
function asRetryable(error: unknown): never {
  throw error instanceof TypeError ? new Error(error.message, { cause: error }) : error;
}
