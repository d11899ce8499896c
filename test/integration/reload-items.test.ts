import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../lambdas/agents/agent-store.ts';
import { DynamoLease } from '../../lambdas/agents/dynamo-lease.ts';
import { DynamoReloadCounts } from '../../lambdas/discovery/dynamo-reload-counts.ts';
import { DynamoRemovalCount } from '../../lambdas/discovery/dynamo-removal-count.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { START } from '../support/agents.ts';
import { rejectionOf } from '../support/errors.ts';
import { injectFaults } from '../support/faults.ts';
import { leaseContract } from '../support/lease-contract.ts';
import { awsClientConfig, dynamoDbLocalEndpoint, localStack } from '../support/local-stack.ts';
import { removalCountContract } from '../support/removal-count-contract.ts';
import { createTestTable, dropTestTable } from '../support/test-table.ts';

const aLease = (client: DynamoDBDocumentClient, table: string, owner: string, length = 1_000) =>
  new DynamoLease({ client, table, name: 'hot-reload', owner, length });

/** The small items of hot reload, held against DynamoDB at an endpoint: a table for each test. */
function contractsAt(endpoint: string | undefined): void {
  const client = createDocumentClient(awsClientConfig(endpoint));
  const tables: string[] = [];
  afterAll(async () => {
    for (const table of tables) await dropTestTable(client, table);
    client.destroy();
  });
  const aTable = async () => {
    const table = await createTestTable(client);
    tables.push(table);
    return table;
  };

  describe('the lease', () => {
    leaseContract(async () => {
      const table = await aTable();
      return (owner, length) => aLease(client, table, owner, length);
    });

    test('of one name is no lease of another', async () => {
      const table = await aTable();
      await aLease(client, table, 'one').take(START);
      const other = new DynamoLease({ client, table, name: 'sweep', owner: 'other', length: 1_000 });

      expect(await other.take(START)).toBe(true);
    });
  });

  describe('the count of removals', () => {
    removalCountContract(async () => {
      const table = await aTable();
      return () => new DynamoRemovalCount(client, table, 's3');
    });

    test('of one source says nothing of another', async () => {
      const table = await aTable();
      await new DynamoRemovalCount(client, table, 's3').take(5, START);

      expect(await new DynamoRemovalCount(client, table, 'api').recent(START)).toBe(0);
    });
  });

  test('the counts of polls come back as they were kept', async () => {
    const counts = new DynamoReloadCounts(client, await aTable());
    expect(await counts.load()).toEqual({});
    const polled = { lastPollAt: new Date(START).toISOString(), pollCount: 3, errorCount: 1 };
    await counts.save({ s3: polled, api: { lastPollAt: null, pollCount: 0, errorCount: 0 } });

    expect(await counts.load()).toEqual({ s3: polled, api: { lastPollAt: null, pollCount: 0, errorCount: 0 } });
  });
}

describe('in the emulator of the local stack', () => contractsAt(localStack().endpoint));

// The setup of the integration tests says why, where it is not there.
const dynamoDbLocal = dynamoDbLocalEndpoint();
(dynamoDbLocal === undefined ? describe.skip : describe)('in DynamoDB Local', () => contractsAt(dynamoDbLocal));

describe('in a table that is busy', () => {
  const client = createDocumentClient(awsClientConfig());
  injectFaults(client, () => 'throttle');
  afterAll(() => client.destroy());
  const lease = aLease(client, 'any', 'one');
  const removals = new DynamoRemovalCount(client, 'any', 's3');
  const counts = new DynamoReloadCounts(client, 'any');

  test.each<[string, () => Promise<unknown>]>([
    ['take a lease', () => lease.take(START)],
    ['give it back', () => lease.release()],
    ['ask for it', () => lease.isTaken(START)],
    ['count a removal', () => removals.take(1, START)],
    ['ask for removals', () => removals.recent(START)],
    ['load counts', () => counts.load()],
    ['save counts', () => counts.save({})],
  ])('all say so: %s', async (_, call) => {
    expect(await rejectionOf(call())).toBeInstanceOf(StoreBusyError);
  });
});
