import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManifestChangedError, ManifestGoneError } from '../../lambdas/discovery/manifest-source.ts';
import { EMPTY_SNAPSHOT, SnapshotChangedError } from '../../lambdas/discovery/reload-snapshot.ts';
import { S3ManifestSource } from '../../lambdas/discovery/s3-manifest-source.ts';
import { S3SnapshotStore } from '../../lambdas/discovery/s3-snapshot-store.ts';
import { randomSuffix } from '../../lambdas/shared/ids.ts';
import { createS3Client } from '../../lambdas/shared/s3-client.ts';
import { rejectionOf } from '../support/errors.ts';
import { keyOf } from '../support/hot-reload.ts';
import { awsClientConfig } from '../support/local-stack.ts';

const client = createS3Client(awsClientConfig());
const bucket = `test-${randomSuffix(12)}`;
const source = new S3ManifestSource(client, bucket);

beforeAll(async () => {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(() => client.destroy());

const put = (key: string, Body: string) => client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
const remove = (key: string) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));

// What the tests over HTTP take for granted of S3, asked of somebody else's S3.
describe('manifests in a bucket of the emulator', () => {
  test('are listed, read and looked at under one version', async () => {
    await put(keyOf('a'), '{"a":1}');
    await put('manifests/README.md', 'text');
    const listed = await source.list();
    expect(listed.map(({ key }) => key)).toEqual([keyOf('a')]);
    const etag = listed[0]?.etag;
    const read = await source.fetch(keyOf('a'), etag);

    expect([Buffer.from(read.content ?? []).toString(), read.etag, await source.head(keyOf('a'))]).toEqual([
      '{"a":1}',
      etag,
      etag,
    ]);
  });

  test('that changed or went are not what was listed', async () => {
    await put(keyOf('b'), '1');
    const etag = await source.head(keyOf('b'));
    await put(keyOf('b'), '2');
    expect(await rejectionOf(source.fetch(keyOf('b'), etag))).toBeInstanceOf(ManifestChangedError);
    await remove(keyOf('b'));

    expect(await rejectionOf(source.fetch(keyOf('b'), etag))).toBeInstanceOf(ManifestGoneError);
    expect(await source.head(keyOf('b'))).toBeUndefined();
  });

  test('are listed beyond the first page', async () => {
    const keys = Array.from({ length: 1_005 }, (_, n) => keyOf(`many-${n}`));
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => put(key, '{}')));
    }

    expect((await source.list()).filter(({ key }) => key.includes('many-'))).toHaveLength(1_005);
  });
});

describe('the snapshot in a bucket of the emulator', () => {
  const aStore = () => new S3SnapshotStore({ client, bucket, source: 's3' });
  const holding = (etag: string) => ({ entries: { a: { etag, kind: 'agent' as const } } });

  test('is made once, replaced by who has read it, and read anew when it is another', async () => {
    const [one, other] = [aStore(), aStore()];
    expect(await one.load()).toEqual({ snapshot: EMPTY_SNAPSHOT, tag: null });
    await one.replace(holding('1'), null);
    expect(await rejectionOf(other.replace(holding('2'), null))).toBeInstanceOf(SnapshotChangedError);
    const { tag, snapshot } = await other.load();
    expect(snapshot).toEqual(holding('1'));
    await other.replace(holding('2'), tag);

    expect(await rejectionOf(one.replace(holding('3'), tag))).toBeInstanceOf(SnapshotChangedError);
    expect((await one.load()).snapshot).toEqual(holding('2'));
    expect(await one.load()).toBe(await one.load());
  });
});
