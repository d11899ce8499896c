import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { classify, reading } from '../../../lambdas/agents/dynamo-failures.ts';
import { rejectionOf } from '../../support/errors.ts';

const cancelled = (...codes: (string | undefined)[]) =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: codes.map((Code) => (Code === undefined ? {} : { Code })),
  });
const failed = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(name), { name, $metadata: httpStatusCode === undefined ? {} : { httpStatusCode } });

describe('a cancelled transaction', () => {
  test('names the item whose condition did not hold', () => {
    expect(classify(cancelled('None', 'None', 'ConditionalCheckFailed'))).toEqual({ kind: 'condition', item: 2 });
  });

  test('is decided anew for a condition rather than for contention', () => {
    expect(classify(cancelled('TransactionConflict', 'ConditionalCheckFailed'))).toEqual({
      kind: 'condition',
      item: 1,
    });
  });

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'did not take effect because of %s',
    (code) => {
      expect(classify(cancelled('None', code))).toEqual({ kind: 'contention' });
    },
  );

  test.each(['ValidationError', 'ItemCollectionSizeLimitExceeded', 'None', undefined])(
    'is a fault of ours for %s',
    (code) => {
      expect(classify(cancelled(code))).toEqual({ kind: 'fault' });
    },
  );

  test('is a fault where it gives no reasons', () => {
    expect(classify(new TransactionCanceledException({ message: '', $metadata: {} }))).toEqual({ kind: 'fault' });
  });
});

describe('a failed call', () => {
  test('whose condition did not hold is told as such', () => {
    expect(classify(failed('ConditionalCheckFailedException', 400))).toEqual({ kind: 'condition', item: 0 });
  });

  test.each([
    'ThrottlingException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'TransactionConflictException',
  ])('took no effect: %s', (name) => {
    expect(classify(failed(name, 400))).toEqual({ kind: 'busy' });
  });

  test.each([
    ['InternalServerError', 500],
    ['ServiceUnavailable', 503],
    ['TimeoutError', undefined],
    ['TransactionInProgressException', 400],
  ])('may have taken effect: %s', (name, status) => {
    expect(classify(failed(name, status))).toEqual({ kind: 'unknown' });
  });

  test('may have taken effect when the connection broke', () => {
    expect(classify(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))).toEqual({ kind: 'unknown' });
  });

  test.each([
    failed('ValidationException', 400),
    failed('AccessDeniedException', 400),
    failed('ResourceNotFoundException', 400),
    failed('IdempotentParameterMismatchException', 400),
    new TypeError('x is not a function'),
    new RangeError('out of range'),
    'text',
    undefined,
  ])('is a fault of ours: %s', (error) => {
    expect(classify(error)).toEqual({ kind: 'fault' });
  });
});

describe('a read', () => {
  const failing = (error: unknown) => rejectionOf(reading(() => Promise.reject(error)));

  test('gives what it read', async () => {
    expect(await reading(async () => 5)).toBe(5);
  });

  test('that may succeed another time says so, and keeps its cause', async () => {
    const cause = failed('ThrottlingException', 400);
    const error = await failing(cause);

    expect(error).toBeInstanceOf(StoreBusyError);
    expect(error).toMatchObject({ status: 503, cause });
  });

  test('that would fail again throws what it met', async () => {
    const fault = failed('AccessDeniedException', 400);

    expect(await failing(fault)).toBe(fault);
  });
});
