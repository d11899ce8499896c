import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, jest, test } from '@jest/globals';
import { DynamoChangeLog, DynamoHeadList } from '../../lambdas/agents/dynamo-change-log.ts';
import { sealBase } from '../../lambdas/capability/base/base-store.ts';
import { type BaseReport, rebuildBase } from '../../lambdas/capability/base/build-base.ts';
import { S3BaseStore } from '../../lambdas/capability/base/s3-base-store.ts';
import { INDEX_PREFIX } from '../../lambdas/capability/contract.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { call, unique } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { invokeFunction, startAnew } from '../support/functions.ts';
import { aBase } from '../support/index-bases.ts';
import { awsClientConfig, localStack } from '../support/local-stack.ts';
import { scanTable } from '../support/registry-table.ts';

jest.setTimeout(120_000);

const s3 = () => new S3Client({ ...awsClientConfig(), forcePathStyle: true });
const Bucket = () => localStack().bucketName;
const total = async (capability: string): Promise<number> =>
  (await call<{ total: number }>('POST', '/registry/search', { capabilities: [capability] })).body.total;

/** What the pointer in the table says of the newest base. */
async function pointer(): Promise<{ key: string; agents: number } | undefined> {
  const item = (await scanTable()).find(({ pk, sk }) => pk === 'REGISTRY' && sk === 'INDEX');
  return item as { key: string; agents: number } | undefined;
}

describe('the base of the index', () => {
  const capability = unique('based');

  test('is written where there is none, and not again before it is due', async () => {
    const key = { pk: 'REGISTRY', sk: 'INDEX' };
    const dynamo = createDocumentClient(awsClientConfig());
    await dynamo.send(new DeleteCommand({ TableName: localStack().tableName, Key: key }));
    const id = unique('based');
    await call('POST', '/registry/agents', { id, name: id, capabilities: [capability] });
    expect(await invokeFunction<BaseReport>('index-base')).toMatchObject({ written: true, age: 0 });
    const base = await pointer();
    expect(base?.key).toMatch(new RegExp(`^${INDEX_PREFIX}\\d+-[0-9a-f]{64}\\.base$`));
    expect(base?.agents).toBeGreaterThan(0);

    expect(await invokeFunction<BaseReport>('index-base')).toMatchObject({ written: false });
    expect(await pointer()).toEqual(base);
  });

  test('is what a cold reader starts from, and follows from there', async () => {
    const newcomer = unique('based');
    await call('POST', '/registry/agents', { id: newcomer, name: newcomer, capabilities: [capability] });
    await startAnew('read-api');
    await eventually(async () => expect(await total(capability)).toBe(2));
  });

  test('may be broken: a cold reader then starts from the table', async () => {
    const base = await pointer();
    const Key = base?.key as string;
    // A base like any other, but of nobody, which only the hash can tell.
    const { bytes } = sealBase(aBase([], { asOf: Date.now(), newest: Date.now() }));
    await s3().send(new PutObjectCommand({ Bucket: Bucket(), Key, Body: bytes }));
    await startAnew('read-api');
    await eventually(async () => expect(await total(capability)).toBe(2));
    expect(await invokeFunction<BaseReport>('index-base')).toMatchObject({ written: true });
  });
});

test('the newest base is the one that covers most; one from the future does not stay', async () => {
  const dynamo = createDocumentClient(awsClientConfig());
  const { tableName: table, bucketName: bucket } = localStack();
  const store = new S3BaseStore({ dynamo, table, bucket, s3: async () => s3() });
  const now = Date.now();
  const base = (asOf: number) => aBase([], { asOf, newest: asOf });
  const newest = async () => (await store.newest(now))?.asOf;

  expect(await store.write(base(now + 1_000), now)).toBe(true);
  expect(await store.write(base(now), now)).toBe(false);
  expect(await store.write(base(now + 1_000), now)).toBe(false);
  expect(await newest()).toBe(now + 1_000);

  expect(await store.write(base(now + 3_600_000), now + 3_600_000)).toBe(true);
  expect(await newest()).toBeUndefined();
  expect(await store.write(base(now + 2_000), now)).toBe(true);
  expect(await newest()).toBe(now + 2_000);

  // The empty bases above are nobody's: the table's own comes back.
  await rebuildBase({
    changes: new DynamoChangeLog(dynamo, table),
    heads: new DynamoHeadList(dynamo, table),
    bases: store,
    clock: { now: () => Date.now() + 5_000 },
  });
  await startAnew('read-api');
});
