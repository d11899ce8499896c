import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { StoreBusyError } from './agent-store.ts';

/**
 * What a failed call of DynamoDB means for us (DynamoDB developer guide, "Error handling" and
 * "TransactWriteItems", "Cancellation reasons").
 */
export type Failure =
  /** A condition did not hold; the index of its item. */
  | { readonly kind: 'condition'; readonly item: number }
  /** Somebody else's transaction, or throttling: it did not take effect. */
  | { readonly kind: 'contention' }
  /** Throttled or refused for load: it did not take effect. */
  | { readonly kind: 'busy' }
  /** Lost on the way, or failed inside the service: it may have taken effect. */
  | { readonly kind: 'unknown' }
  /** Ours: sending it again would fail again. */
  | { readonly kind: 'fault' };

const PASSING_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);

const BUSY: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionConflictException',
]);

/** The service, or the way to it, broke while the call was under way. */
function isLost(error: Error): boolean {
  const { $metadata, name } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if (name === 'TransactionInProgressException') return true;
  const status = $metadata?.httpStatusCode;
  return status === undefined || status >= 500;
}

function reasonOf(reasons: readonly { Code?: string | undefined }[]): Failure {
  const codes = reasons.map(({ Code = 'None' }) => Code);
  const item = codes.indexOf('ConditionalCheckFailed');
  if (item >= 0) return { kind: 'condition', item };
  return codes.some((code) => PASSING_REASONS.has(code)) ? { kind: 'contention' } : { kind: 'fault' };
}

/** Classifies what a call threw. A programming error of ours (`TypeError` and the like) is a fault. */
export function classify(error: unknown): Failure {
  if (error instanceof TransactionCanceledException) return reasonOf(error.CancellationReasons ?? []);
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return { kind: 'fault' };
  if (error.name === 'ConditionalCheckFailedException') return { kind: 'condition', item: 0 };
  if (BUSY.has(error.name)) return { kind: 'busy' };
  return isLost(error) ? { kind: 'unknown' } : { kind: 'fault' };
}

/** What to throw of a failed call: a fault of ours as it is; what may succeed another time as {@link StoreBusyError}. */
export const toStoreError = (error: unknown): unknown =>
  classify(error).kind === 'fault' ? error : new StoreBusyError({ cause: error });

/** Runs a read. Throws what {@link toStoreError} makes of its failure. */
export async function reading<Output>(read: () => Promise<Output>): Promise<Output> {
  try {
    return await read();
  } catch (error) {
    throw toStoreError(error);
  }
}

/**
 * Runs a write of one item under a condition.
 *
 * @returns whether the condition held, and so the write took effect
 * @throws what {@link toStoreError} makes of any other failure
 */
export async function writingIf(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (classify(error).kind === 'condition') return false;
    throw toStoreError(error);
  }
}
