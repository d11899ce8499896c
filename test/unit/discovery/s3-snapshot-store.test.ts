import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HotReloadManager } from '../../../lambdas/discovery/hot-reload-manager.ts';
import {
  EMPTY_SNAPSHOT,
  type ReloadSnapshot,
  SnapshotChangedError,
  type SnapshotEntry,
  updateSnapshot,
} from '../../../lambdas/discovery/reload-snapshot.ts';
import { S3SnapshotStore } from '../../../lambdas/discovery/s3-snapshot-store.ts';
import { UnavailableError } from '../../../lambdas/shared/errors.ts';
import { WITHOUT_WAITING } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aManifest, following, keyOf, servingIds } from '../../support/hot-reload.ts';
import { aBucket, type HttpS3, type S3Fault, stopBuckets } from '../../support/http-s3.ts';

const KEY = 'reload/s3.json.gz';

let bucket: HttpS3;
let warnings: unknown[];
beforeEach(async () => {
  bucket = await aBucket();
  warnings = [];
});
afterAll(stopBuckets);

/** The store of a process of its own. */
const aStore = (attempts = 1): S3SnapshotStore =>
  new S3SnapshotStore({
    client: bucket.client(attempts),
    bucket: 'bucket',
    source: 's3',
    onUnusable: (error) => warnings.push(error),
  });

const entry = (etag: string): SnapshotEntry => ({ etag, kind: 'agent', id: 'a' });
const holding = (etag: string): ReloadSnapshot => ({ entries: { a: entry(etag) } });
const change = (from: string | undefined, to: string) =>
  new Map([['a', { from: from === undefined ? undefined : entry(from), to: entry(to) }]]);

/** Fails the next call of this kind. */
function failNext(kind: string, fault: S3Fault): void {
  bucket.fault = (call) => {
    if (!call.startsWith(kind)) return undefined;
    bucket.fault = () => undefined;
    return fault;
  };
}

describe('the snapshot in a bucket', () => {
  test('is empty before the first', async () => {
    expect(await aStore().load()).toEqual({ snapshot: EMPTY_SNAPSHOT, tag: null });
    expect(warnings).toEqual([]);
  });

  test('comes back as it was kept, also to other processes', async () => {
    const store = aStore();
    await store.replace(holding('1'), null);

    expect((await store.load()).snapshot).toEqual(holding('1'));
    expect((await aStore().load()).snapshot).toEqual(holding('1'));
  });

  test('is not sent again while it is the same', async () => {
    const store = aStore();
    await store.replace(holding('1'), null);
    const first = await store.load();

    expect(await store.load()).toBe(first);
    expect(bucket.objects.size).toBe(1);
  });

  test('is read again when somebody else has replaced it', async () => {
    const [store, other] = [aStore(), aStore()];
    await store.replace(holding('1'), null);
    await other.replace(holding('2'), (await other.load()).tag);

    expect((await store.load()).snapshot).toEqual(holding('2'));
  });

  test('is empty again when somebody has deleted it', async () => {
    const store = aStore();
    await store.replace(holding('1'), null);
    bucket.objects.delete(KEY);

    expect(await store.load()).toEqual({ snapshot: EMPTY_SNAPSHOT, tag: null });
  });

  test('is replaced only where it still is what was read', async () => {
    const [store, other] = [aStore(), aStore()];
    await store.replace(holding('1'), null);
    const { tag } = await store.load();
    await other.replace(holding('2'), (await other.load()).tag);

    expect(await rejectionOf(store.replace(holding('3'), tag))).toBeInstanceOf(SnapshotChangedError);
    expect(await rejectionOf(store.replace(holding('3'), null))).toBeInstanceOf(SnapshotChangedError);
    bucket.objects.delete(KEY);
    expect(await rejectionOf(store.replace(holding('3'), tag))).toBeInstanceOf(SnapshotChangedError);
  });

  test.each([
    ['being replaced', 409, 'ConditionalRequestConflict'],
    ['replaced', 412, 'PreconditionFailed'],
  ])('that is %s by somebody else is brought up to date by another try', async (_, status, code) => {
    const store = aStore();
    const loaded = await store.load();
    failNext('PUT', { status, code });
    await updateSnapshot(store, change(undefined, '1'), {}, { loaded, bounds: WITHOUT_WAITING });

    expect((await aStore().load()).snapshot).toEqual(holding('1'));
  });

  test('of which the answer is lost is kept all the same, once', async () => {
    const store = aStore(3);
    const loaded = await store.load();
    failNext('PUT', 'lost');
    await updateSnapshot(store, change(undefined, '1'), {}, { loaded, bounds: WITHOUT_WAITING });

    expect((await aStore().load()).snapshot).toEqual(holding('1'));
    expect(bucket.calls.filter((call) => call.startsWith('PUT'))).toHaveLength(2);
  });

  test('that others write all the time is given up after some tries', async () => {
    const store = aStore();
    bucket.fault = (call) => (call.startsWith('PUT') ? { status: 412, code: 'PreconditionFailed' } : undefined);
    const update = updateSnapshot(store, change(undefined, '1'), {}, { bounds: { ...WITHOUT_WAITING, retries: 3 } });

    expect(await rejectionOf(update)).toBeInstanceOf(UnavailableError);
    expect(bucket.calls.filter((call) => call.startsWith('PUT'))).toHaveLength(4);
  });

  test.each<[string, S3Fault]>([
    ['denied', { status: 403, code: 'AccessDenied' }],
    ['throttled', { status: 503, code: 'SlowDown' }],
    ['broken off', { breakAfter: 10 }],
  ])('that is %s is not taken for an empty one', async (_, fault) => {
    await aStore().replace(holding('1'), null);
    bucket.fault = () => fault;

    await rejectionOf(aStore().load());
    expect(warnings).toEqual([]);
  });

  test.each<[string, Buffer]>([
    ['no gzip', Buffer.from('{"entries":{}}')],
    ['half a gzip', gzipSync(JSON.stringify(holding('1'))).subarray(0, 40)],
    ['no JSON', gzipSync('{"entries":')],
    ['something else', gzipSync('[]')],
    ['nothing', Buffer.alloc(0)],
    ['null', gzipSync('null')],
    ['entries that are none', gzipSync('{"entries":{"a":null}}')],
    ['a list of entries', gzipSync('{"entries":[{"etag":"1"}]}')],
  ])('that holds %s is an empty one with a warning, and can be replaced', async (_, body) => {
    bucket.put(KEY, body);
    const store = aStore();
    const { snapshot, tag } = await store.load();

    expect(snapshot).toEqual(EMPTY_SNAPSHOT);
    expect(warnings).toHaveLength(1);
    await store.replace(holding('1'), tag);
    expect((await aStore().load()).snapshot).toEqual(holding('1'));
  });
});

describe('a fleet whose snapshot is lost', () => {
  test.each<[string, () => void]>([
    ['gone', () => bucket.objects.delete(KEY)],
    ['corrupt', () => bucket.put(KEY, 'corrupt')],
  ])('because it is %s stays as it is, and the next poll knows it again', async (_, lose) => {
    const followed = following({ ports: { snapshots: aStore() } });
    const { source, context, changes } = followed;
    for (const id of ['a', 'b', 'c']) source.put(keyOf(id), aManifest(id));
    const manager = new HotReloadManager({ ...followed.ports, snapshots: aStore() });
    await manager.poll();
    const before = context.store.changes();
    lose();

    expect(await manager.poll()).toMatchObject({ outcome: 'done', changes: [] });
    expect(await servingIds(context)).toEqual(['a', 'b', 'c']);
    expect(context.store.changes()).toEqual(before);
    expect(changes).toEqual([]);
    source.calls.length = 0;
    await manager.poll();
    expect(source.calls).toEqual([['list', '']]);
  });
});
