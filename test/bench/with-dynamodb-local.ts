import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CREDENTIALS, REGION } from '../../bin/local/aws-environment.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { startDynamoDbLocal } from '../support/dynamodb-local.ts';

/** Works with a DynamoDB Local of its own, which reports the capacity units of each call. Throws where none can run. */
export async function withDynamoDbLocal<Result>(
  work: (client: DynamoDBDocumentClient) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-registry-cost-'));
  const local = await startDynamoDbLocal({ directory, signal: AbortSignal.timeout(300_000) });
  if (local === undefined) throw new Error('Counting units needs DynamoDB Local: Java 17 and Maven.');
  const client = createDocumentClient({ endpoint: local.endpoint, region: REGION, credentials: CREDENTIALS });
  try {
    return await work(client);
  } finally {
    client.destroy();
    await local.stop();
    await rm(directory, { recursive: true });
  }
}
