/**
 * What integration tests know of the stacks that `start-stacks.ts` started for them.
 */
import { CreateTableCommand, type DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CREDENTIALS, REGION } from '../../bin/local/aws-environment.ts';
import type { LocalOutputs } from '../../bin/local/outputs.ts';
import { HEADS_INDEX, TABLE } from '../../lambdas/agents/contract.ts';

/** Environment variables by which the stacks' addresses reach the test files. */
export const LOCAL_STACK_VARIABLE = 'AGENT_REGISTRY_TEST_STACK';
export const DYNAMODB_LOCAL_VARIABLE = 'AGENT_REGISTRY_TEST_DYNAMODB';

/** The deployed registry of this test run. */
export function localStack(): LocalOutputs {
  const json = process.env[LOCAL_STACK_VARIABLE];
  if (json === undefined) throw new Error('No local stack runs: integration tests start through `npm test`.');
  return JSON.parse(json) as LocalOutputs;
}

/** Endpoint of DynamoDB Local, or undefined on a machine that cannot run it. */
export function dynamoDbLocalEndpoint(): string | undefined {
  return process.env[DYNAMODB_LOCAL_VARIABLE];
}

/** Configuration of an AWS SDK client that talks to the local stack, or to another endpoint. */
export function awsClientConfig(endpoint: string = localStack().endpoint) {
  return { endpoint, region: REGION, credentials: CREDENTIALS };
}

/** Creates a table shaped like the one that the template deploys. */
export async function createRegistryTable(client: DynamoDBClient, name: string): Promise<void> {
  const keys = [TABLE.partitionKey, TABLE.sortKey, HEADS_INDEX.partitionKey, HEADS_INDEX.sortKey];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...new Set(keys)].map((key) => ({ AttributeName: key, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: TABLE.partitionKey, KeyType: 'HASH' },
        { AttributeName: TABLE.sortKey, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: HEADS_INDEX.name,
          KeySchema: [
            { AttributeName: HEADS_INDEX.partitionKey, KeyType: 'HASH' },
            { AttributeName: HEADS_INDEX.sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...HEADS_INDEX.nonKeyAttributes] },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: TABLE.timeToLive, Enabled: true },
    }),
  );
}
