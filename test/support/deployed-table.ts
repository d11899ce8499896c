import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { WriteContext } from '../../lambdas/agents/commit-loop.ts';
import { DynamoAgentStore } from '../../lambdas/agents/dynamo-agent-store.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { createUlidFactory } from '../../lambdas/shared/ids.ts';
import { awsClientConfig, localStack } from './local-stack.ts';

/**
 * A writer on the deployed table, past the API.
 *
 * @param clockOffset milliseconds by which its clock is ahead; a negative one makes the ids of a slow commit
 * @param client its connection. Default: one of its own
 */
export function deployedTable({
  clockOffset = 0,
  client = createDocumentClient(awsClientConfig()),
}: {
  clockOffset?: number;
  client?: DynamoDBDocumentClient;
}): WriteContext {
  const clock = { now: () => Date.now() + clockOffset };
  return {
    store: new DynamoAgentStore(client, localStack().tableName),
    clock,
    newUlid: createUlidFactory(clock),
    policy: { allowedTools: ['*'], maxAgentMemory: Number.POSITIVE_INFINITY, allowedHosts: [] },
  };
}
