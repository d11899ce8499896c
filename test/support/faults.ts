import { ThrottlingException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * What happens to a call of DynamoDB: others' transactions are in its way, it is throttled, or it takes effect and its
 * answer is lost. DynamoDB Local does none of these by itself.
 */
export type CallFault = 'conflict' | 'throttle' | 'lost';

/** Chooses the fault of each call, by its command's name such as `TransactWriteItemsCommand`. */
export type FaultPlan = (commandName: string) => CallFault | undefined;

const REFUSALS = {
  conflict: () =>
    new TransactionCanceledException({
      message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    }),
  throttle: () => new ThrottlingException({ message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } }),
} as const;

/**
 * Makes a client's calls go wrong as planned, where the SDK's own retries have ended.
 *
 * @returns how often each fault happened so far
 */
export function injectFaults(client: DynamoDBDocumentClient, plan: FaultPlan): Readonly<Record<CallFault, number>> {
  const counts = { conflict: 0, throttle: 0, lost: 0 };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const fault = plan(commandName ?? '');
        if (fault === undefined) return next(args);
        counts[fault] += 1;
        if (fault !== 'lost') throw REFUSALS[fault]();
        await next(args);
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
    { step: 'initialize', name: 'injectFaults' },
  );
  return counts;
}

/** Numbers from 0 to 1 that are the same for the same seed (Lehmer's generator, modulus 2^31 - 1). */
function* randomNumbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

/** Shares of the transactions that go wrong, from 0 to 1 together. */
export function transactionFaults(seed: number, shares: Readonly<Record<CallFault, number>>): FaultPlan {
  const random = randomNumbers(seed);
  return (commandName) => {
    if (commandName !== 'TransactWriteItemsCommand') return undefined;
    let rest = random.next().value;
    for (const fault of ['conflict', 'throttle', 'lost'] as const) {
      rest -= shares[fault];
      if (rest < 0) return fault;
    }
    return undefined;
  };
}
