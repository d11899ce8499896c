import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, startLocalStack } from '../../bin/local/local-stack.ts';
import { freePort } from '../../bin/local/port.ts';
import { type OnProgress, tracked } from '../../bin/local/progress.ts';
import { startTogether } from '../../bin/local/start-together.ts';
import { type DynamoDbLocal, startDynamoDbLocal } from './dynamodb-local.ts';

export type RunningStacks = {
  readonly registry: LocalStack;
  /** Undefined on a machine that cannot run it. */
  readonly dynamoDb: DynamoDbLocal | undefined;
  stop(): Promise<void>;
};

/**
 * Starts the local stack and DynamoDB Local, both at once, on free ports and in a temporary directory.
 *
 * @throws what made one of them fail, with the other stopped again.
 */
export async function startStacks(onProgress: OnProgress): Promise<RunningStacks> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-registry-'));
  const signal = new AbortController().signal;
  const port = await freePort();
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const [registry, dynamoDb] = await startTogether<[LocalStack, DynamoDbLocal | undefined]>(signal, [
      (either) => startLocalStack({ port, directory, signal: either, onProgress }),
      (either) => tracked('DynamoDB Local', onProgress, () => startDynamoDbLocal({ directory, signal: either })),
    ]);
    const stop = async () => {
      await Promise.all([registry.stop(), dynamoDb?.stop()]);
      await remove();
    };
    return { registry, dynamoDb, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}
