import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { MAX_BASE_READ_MS, sealBase } from '../../../../lambdas/capability/base/base-store.ts';
import { S3BaseStore } from '../../../../lambdas/capability/base/s3-base-store.ts';
import { aDigest, START } from '../../../support/agents.ts';
import { aBase, agentsOf } from '../../../support/index-bases.ts';
import { anIndex } from '../../../support/told-table.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const stubs: { restore(): void }[] = [];
afterEach(() => {
  for (const stub of stubs.splice(0)) stub.restore();
});

/** What is waited for before each of the three answers that make a base. */
interface Stalls {
  readonly pointer?: Promise<unknown>;
  readonly object?: Promise<unknown>;
  readonly body?: Promise<unknown>;
}

function aStore(stalls: Stalls) {
  const { bytes, hash } = sealBase(aBase(['a', 'b']));
  const [dynamo, s3] = [mockClient(DynamoDBDocumentClient), mockClient(S3Client)];
  stubs.push(dynamo, s3);
  dynamo.on(GetCommand).callsFake(async () => {
    await stalls.pointer;
    return { Item: { key: 'index/1.base', hash } };
  });
  s3.on(GetObjectCommand).callsFake(async () => {
    await stalls.object;
    return {
      Body: {
        transformToByteArray: async () => {
          await stalls.body;
          return bytes;
        },
      },
    };
  });
  const clock = new VirtualTime();
  const unusable: unknown[] = [];
  const store = new S3BaseStore({
    dynamo: dynamo as unknown as DynamoDBDocumentClient,
    table: 'the-table',
    s3: async () => s3 as unknown as S3Client,
    bucket: 'the-bucket',
    onUnusable: (error) => unusable.push(error),
    sleep: clock.sleep,
  });
  return { store, clock, unusable };
}

describe('the newest base in S3', () => {
  test('is read where its pointer says, and nothing waits on', async () => {
    const { store, clock, unusable } = aStore({});
    const base = await store.newest(START);

    expect([base && agentsOf(base), unusable, clock.sleeping]).toEqual([['a', 'b'], [], 0]);
  });

  test.each(['pointer', 'object', 'body'] as const)('is none where its %s stalls', async (what) => {
    const stalled = Promise.withResolvers<void>();
    const { store, clock, unusable } = aStore({ [what]: stalled.promise });

    expect(await clock.until(store.newest(START))).toBeUndefined();
    expect(clock.now() - START).toBe(MAX_BASE_READ_MS);
    expect(unusable).toMatchObject([{ message: 'Reading the base took longer than 3000 ms.' }]);
  });

  test('does no harm when it comes after an index went by the list of heads', async () => {
    const stalled = Promise.withResolvers<void>();
    const { store, clock, unusable } = aStore({ body: stalled.promise });
    const { table, index, ids } = anIndex({ bases: store, clock, sleep: clock.sleep });
    table.heads = [aDigest({ id: 'c' })];

    expect(await clock.until(ids())).toEqual(['c#1']);
    expect((await index.fresh()).age()).toBeLessThanOrEqual(MAX_BASE_READ_MS);
    stalled.resolve();
    await clock.pass(5_000);

    expect([await ids(), unusable.length]).toEqual([['c#1'], 1]);
  });
});
