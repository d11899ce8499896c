import { afterAll, describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../lambdas/agents/agent-store.ts';
import { DynamoServiceStore } from '../../lambdas/services/dynamo-service-store.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { rejectionOf } from '../support/errors.ts';
import { injectFaults } from '../support/faults.ts';
import { awsClientConfig, dynamoDbLocalEndpoint, localStack } from '../support/local-stack.ts';
import { serviceStoreContract } from '../support/service-store-contract.ts';
import { aService } from '../support/services.ts';
import { createTestTable, dropTestTable } from '../support/test-table.ts';

/** The contract of a store, held against DynamoDB at an endpoint: a table for each test. */
function contractAt(endpoint: string | undefined): void {
  const client = createDocumentClient(awsClientConfig(endpoint));
  const tables: string[] = [];
  afterAll(async () => {
    for (const table of tables) await dropTestTable(client, table);
    client.destroy();
  });
  serviceStoreContract(async () => {
    const table = await createTestTable(client);
    tables.push(table);
    return new DynamoServiceStore(client, table);
  });
}

describe('the services in the emulator of the local stack', () => contractAt(localStack().endpoint));

// The setup of the integration tests says why, where it is not there.
const dynamoDbLocal = dynamoDbLocalEndpoint();
(dynamoDbLocal === undefined ? describe.skip : describe)('the services in DynamoDB Local', () =>
  contractAt(dynamoDbLocal),
);

describe('the services in a table that is busy', () => {
  const client = createDocumentClient(awsClientConfig());
  injectFaults(client, () => 'throttle');
  afterAll(() => client.destroy());
  const store = new DynamoServiceStore(client, 'any');
  const service = { document: aService(), origin: 'o', updatedAt: '' };
  const listed = async () => {
    for await (const _ of store.pages()) throw new Error('A page came');
  };

  test.each<[string, () => Promise<unknown>]>([
    ['get', () => store.get('a')],
    ['put', () => store.put(service, undefined)],
    ['remove', () => store.remove(service)],
    ['pages', listed],
  ])('say so: %s', async (_, call) => {
    expect(await rejectionOf(call())).toBeInstanceOf(StoreBusyError);
  });
});
