import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe } from '@jest/globals';
import { DynamoAgentStore } from '../../lambdas/agents/dynamo-agent-store.ts';
import { DynamoChangeLog, DynamoHeadList } from '../../lambdas/agents/dynamo-change-log.ts';
import { getItem } from '../../lambdas/agents/dynamo-get.ts';
import { keys } from '../../lambdas/agents/dynamo-items.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { agentStoreContract, type StoredBeat } from '../support/agent-store-contract.ts';
import { awsClientConfig, dynamoDbLocalEndpoint, localStack } from '../support/local-stack.ts';
import { createTestTable, dropTestTable } from '../support/test-table.ts';

/** The contract of a store, held against DynamoDB at an endpoint: a table for each test. */
function contractAt(endpoint: string | undefined): void {
  const client = createDocumentClient(awsClientConfig(endpoint));
  const tables: string[] = [];
  afterAll(async () => {
    for (const table of tables) await dropTestTable(client, table);
    client.destroy();
  });
  agentStoreContract(async () => {
    const table = await createTestTable(client);
    tables.push(table);
    return {
      store: new DynamoAgentStore(client, table),
      changes: new DynamoChangeLog(client, table),
      heads: new DynamoHeadList(client, table),
      beats: {
        read: async (id) => (await getItem(client, table, keys.beat(id))) as StoredBeat | undefined,
        put: async (id, beat) => {
          await client.send(new PutCommand({ TableName: table, Item: { ...keys.beat(id), ...beat } }));
        },
      },
    };
  });
}

describe('the store in the emulator of the local stack', () => contractAt(localStack().endpoint));

// The setup of the integration tests says why, where it is not there.
const dynamoDbLocal = dynamoDbLocalEndpoint();
(dynamoDbLocal === undefined ? describe.skip : describe)('the store in DynamoDB Local', () =>
  contractAt(dynamoDbLocal),
);
