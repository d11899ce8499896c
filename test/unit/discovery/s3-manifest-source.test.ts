import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HotReloadManager } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { ManifestChangedError, ManifestGoneError } from '../../../lambdas/discovery/manifest-source.ts';
import { S3ManifestSource } from '../../../lambdas/discovery/s3-manifest-source.ts';
import { TooLargeError } from '../../../lambdas/shared/errors.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aManifest, following, keyOf, servingIds } from '../../support/hot-reload.ts';
import { aBucket, type HttpS3, type S3Fault, stopBuckets } from '../../support/http-s3.ts';

let bucket: HttpS3;
let source: S3ManifestSource;
beforeEach(async () => {
  bucket = await aBucket();
  source = new S3ManifestSource(bucket.client(), 'bucket');
});
afterAll(stopBuckets);

const put = (id: string, more: object = {}) => bucket.put(keyOf(id), JSON.stringify(aManifest(id, more)));
const KEY = keyOf('a');
const seconds = (n: number): void => {
  bucket.now = new Date(bucket.now.getTime() + n * 1_000);
};

const DENIED: S3Fault = { status: 403, code: 'AccessDenied' };
const THROTTLED: S3Fault = { status: 503, code: 'SlowDown' };

describe('a listing', () => {
  test('holds manifests of agents and of services, on all of its pages, and nothing else', async () => {
    bucket.pageSize = 2;
    for (const id of ['a', 'b', 'c', 'd', 'constructor']) put(id);
    for (const other of [
      'manifests/github/server.json',
      'manifests/README.md',
      'manifests/a/notes.json',
      'manifests/a/b/manifest.json',
      'manifests/manifest.json',
      'manifests/Not-An-Id/manifest.json',
      'manifests/a..b/manifest.json',
      'manifests//manifest.json',
      'reload/s3.json.gz',
      'other/manifests/x/manifest.json',
    ]) {
      bucket.put(other, '{}');
    }
    const keys = (await source.list()).map(({ key }) => key);

    expect(keys).toEqual([...['a', 'b', 'c', 'constructor', 'd'].map(keyOf), 'manifests/github/server.json'].sort());
    expect(bucket.calls.every((call) => call.startsWith('LIST'))).toBe(true);
  });

  test('of many manifests is one call for a thousand, and no other', async () => {
    for (let n = 0; n < 2_500; n += 1) bucket.put(keyOf(`a${n}`), '{}');

    expect(await source.list()).toHaveLength(2_500);
    expect(bucket.calls).toEqual(['LIST 0', 'LIST 1', 'LIST 2']);
  });

  test.each(
    [0, 1, 2].flatMap((page) => [
      { page, how: 'is denied', fault: DENIED },
      { page, how: 'is throttled', fault: THROTTLED },
      { page, how: 'breaks off', fault: { breakAfter: 150 } },
      { page, how: 'comes cut off', fault: { cutTo: 150 } },
      { page, how: 'is empty', fault: { cutTo: 0 } },
    ]),
  )('of which page $page $how is none', async ({ page, fault }) => {
    bucket.pageSize = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) put(id);
    bucket.fault = (call) => (call === `LIST ${page}` ? fault : undefined);

    await rejectionOf(source.list());
  });

  test.each([0, 1])('of which page %i says that there is more, but not where, is none', async (page) => {
    bucket.pageSize = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) put(id);
    bucket.fault = (call) => (call === `LIST ${page}` ? 'no token' : undefined);

    await rejectionOf(source.list());
  });

  test('that is throttled once is asked for again', async () => {
    put('a');
    bucket.fault = () => (bucket.calls.length === 1 ? THROTTLED : undefined);

    expect(await new S3ManifestSource(bucket.client(3), 'bucket').list()).toHaveLength(1);
  });

  test('tells versions apart by what they hold and the second in which they were written', async () => {
    const etag = async () => (await source.list())[0]?.etag;
    put('a');
    const first = await etag();
    put('a');
    expect(await etag()).toBe(first);
    seconds(1);
    put('a');
    expect(await etag()).not.toBe(first);
  });
});

describe('a manifest', () => {
  test('comes with the version that the listing, and asking for it, tell', async () => {
    const { body } = put('a');
    const listed = (await source.list())[0]?.etag;
    const { content, etag } = await source.fetch(KEY, listed);

    expect(Buffer.from(content ?? [])).toEqual(body);
    expect(etag).toBe(listed);
    expect(await source.head(KEY)).toBe(listed);
  });

  test('that has changed since it was listed is not given', async () => {
    put('a');
    const listed = (await source.list())[0]?.etag;
    put('a', { version: '2.0.0' });

    expect(await rejectionOf(source.fetch(KEY, listed))).toBeInstanceOf(ManifestChangedError);
  });

  test('that was written again as it was is given, under its new version', async () => {
    put('a');
    const listed = (await source.list())[0]?.etag;
    seconds(1);
    put('a');

    expect((await source.fetch(KEY, listed)).etag).toBe(await source.head(KEY));
    expect(await source.head(KEY)).not.toBe(listed);
  });

  test('that is gone is told to be gone', async () => {
    expect(await rejectionOf(source.fetch(KEY, '"v"@1'))).toBeInstanceOf(ManifestGoneError);
    expect(await source.head(KEY)).toBeUndefined();
  });

  test.each([0, 1, 20])('of which %i bytes arrive is not given', async (bytes) => {
    put('a');
    bucket.fault = (call) => (call.startsWith('GET') ? { breakAfter: bytes } : undefined);

    const error = await rejectionOf(source.fetch(KEY));
    expect(error).not.toBeInstanceOf(ManifestGoneError);
    expect(error).not.toBeInstanceOf(ManifestChangedError);
  });

  test('that is larger than any agent is refused, unread', async () => {
    bucket.put(KEY, Buffer.alloc(1024 * 1024 + 1));
    expect(await rejectionOf(source.fetch(KEY))).toBeInstanceOf(TooLargeError);
    bucket.put(KEY, Buffer.alloc(1024 * 1024));
    expect((await source.fetch(KEY)).content).toHaveLength(1024 * 1024);
  });

  test.each([
    ['denied', DENIED],
    ['throttled', THROTTLED],
    ['out of order', { status: 500, code: 'InternalError' }],
  ] as const)('that is %s is not gone', async (_, fault) => {
    put('a');
    bucket.fault = () => fault;

    await rejectionOf(source.head(KEY));
    const error = await rejectionOf(source.fetch(KEY));
    expect(error).not.toBeInstanceOf(ManifestGoneError);
    expect(error).not.toBeInstanceOf(ManifestChangedError);
  });

  test('is what its key says: what else lies in the bucket is none, whatever it holds', async () => {
    bucket.put('manifests/notes.json', JSON.stringify(aManifest('notes')));

    expect(await source.head('manifests/notes.json')).toBeUndefined();
    expect(await rejectionOf(source.fetch('manifests/notes.json'))).toBeInstanceOf(ManifestGoneError);
    expect(bucket.calls).toEqual([]);
  });

  test('has an origin, and an id where its key is one', () => {
    expect(source.originOf(KEY)).toBe('s3://bucket/manifests/a/manifest.json');
    expect(source.idOf('manifests/github/server.json')).toBe('github');
    expect(source.idOf('manifests/Not-An-Id/manifest.json')).toBeUndefined();
  });
});

describe('hot reload of a bucket', () => {
  /** A registry that follows the bucket and has seen five agents in it. */
  async function aFleet() {
    bucket.pageSize = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) put(id);
    const followed = following();
    const manager = new HotReloadManager({ ...followed.ports, source });
    expect(await manager.poll()).toMatchObject({ outcome: 'done' });
    bucket.calls.length = 0;
    return { ...followed, manager };
  }

  test('serves everybody on while any page of the listing fails', async () => {
    const { context, manager } = await aFleet();
    bucket.objects.delete(KEY);
    const failures: (readonly [page: number, fault: S3Fault])[] = [
      ...[DENIED, THROTTLED, { breakAfter: 150 }, { cutTo: 150 }, { cutTo: 0 }].flatMap((fault) =>
        [0, 1].map((page) => [page, fault] as const),
      ),
      [0, 'no token'],
    ];
    for (const [page, fault] of failures) {
      bucket.fault = (call) => (call === `LIST ${page}` ? fault : undefined);
      for (let poll = 0; poll < 2; poll += 1) expect(await manager.poll()).toMatchObject({ outcome: 'failed' });
    }
    expect(await servingIds(context)).toHaveLength(5);
  });

  test('removes nobody of whom the bucket does not say that he is gone', async () => {
    const { context, manager } = await aFleet();
    bucket.objects.delete(KEY);
    bucket.fault = (call) => (call.startsWith('HEAD') ? DENIED : undefined);
    for (let poll = 0; poll < 3; poll += 1) await manager.poll();
    expect((await manager.settle([KEY])).size).toBe(1);
    expect(await servingIds(context)).toHaveLength(5);

    bucket.fault = () => undefined;
    await manager.poll();
    expect(await servingIds(context)).toHaveLength(4);
  });

  test('serves the old version on until the new one has come whole', async () => {
    const { context, manager } = await aFleet();
    put('a', { version: '2.0.0' });
    bucket.fault = (call) => (call.startsWith('GET') ? { breakAfter: 30 } : undefined);
    expect(await manager.poll()).toMatchObject({ outcome: 'partial', failed: 0 });
    expect((await manager.settle([KEY])).size).toBe(1);
    expect((await context.store.load('a'))?.head.revision).toBe(1);

    bucket.fault = () => undefined;
    expect(await manager.poll()).toMatchObject({ outcome: 'done', changes: [{ type: 'updated', agentId: 'a' }] });
  });

  test('serves what was there when it was read, if it changes between listing and reading', async () => {
    const { manager, changes } = await aFleet();
    put('a', { version: '2.0.0' });
    let listed = false;
    bucket.before = (call) => {
      if (call === 'LIST 2') listed = true;
      if (listed && call.startsWith('GET')) {
        listed = false;
        put('a', { version: '3.0.0' });
      }
    };
    expect(await manager.poll()).toMatchObject({ outcome: 'partial', changes: [] });
    await manager.poll();

    expect(changes).toEqual([]);
    expect(await manager.poll()).toMatchObject({ outcome: 'done', changes: [] });
  });

  test('takes no event for a manifest that is none', async () => {
    const { context, manager } = await aFleet();
    bucket.put('manifests/notes.json', JSON.stringify(aManifest('notes')));
    bucket.put('manifests/a/b/manifest.json', JSON.stringify(aManifest('b', { version: '9' })));

    expect((await manager.settle(['manifests/notes.json', 'manifests/a/b/manifest.json'])).size).toBe(0);
    expect(await servingIds(context)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(bucket.calls).toEqual([]);
  });
});
