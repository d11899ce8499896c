import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, jest, test } from '@jest/globals';
import type { BaseReport } from '../../lambdas/capability/build-base.ts';
import { INDEX_PREFIX } from '../../lambdas/capability/contract.ts';
import { call, unique } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { invokeFunction, startAnew } from '../support/functions.ts';
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
    const id = unique('based');
    await call('POST', '/registry/agents', { id, name: id, capabilities: [capability] });
    expect(await invokeFunction<BaseReport>('index-base')).toMatchObject({ written: true, age: 0 });
    const base = await pointer();
    expect(base?.key).toMatch(new RegExp(`^${INDEX_PREFIX}\\d+-[0-9a-f]{64}\\.json$`));
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
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: Bucket(), Key }));
    const text = (await Body?.transformToString()) ?? '';
    // The agents are not in it any more, which only the hash can tell.
    const broken = JSON.stringify({ ...JSON.parse(text), agents: [] });
    await s3().send(new PutObjectCommand({ Bucket: Bucket(), Key, Body: broken }));
    await startAnew('read-api');
    await eventually(async () => expect(await total(capability)).toBe(2));
    expect(await invokeFunction<BaseReport>('index-base')).toMatchObject({ written: true });
  });
});
