import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isObject } from '../agents/merge.ts';
import { statusOf } from '../shared/s3-client.ts';
import { RELOAD_PREFIX } from './contract.ts';
import {
  EMPTY_SNAPSHOT,
  type LoadedSnapshot,
  type ReloadSnapshot,
  SnapshotChangedError,
  type SnapshotStore,
} from './reload-snapshot.ts';
import type { ReloadSource } from './reload-terms.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export interface S3SnapshotStoreProps {
  readonly client: S3Client;
  readonly bucket: string;
  readonly source: ReloadSource;
  /** Told that a snapshot could not be read: everything is looked at again, and nobody is removed for it. */
  readonly onUnusable?: (error: unknown) => void;
}

/**
 * The snapshot of one source as a compressed object. The newest one is held in memory, and S3 is asked whether it still
 * is: what was read stays as it is, so nobody may change it.
 */
export class S3SnapshotStore implements SnapshotStore {
  readonly #props: S3SnapshotStoreProps;
  readonly #key: string;
  #held: LoadedSnapshot = { snapshot: EMPTY_SNAPSHOT, tag: null };

  constructor(props: S3SnapshotStoreProps) {
    this.#props = props;
    this.#key = `${RELOAD_PREFIX}${props.source}.json.gz`;
  }

  async load(): Promise<LoadedSnapshot> {
    const { client, bucket, onUnusable } = this.#props;
    const { tag } = this.#held;
    const wanted = { Bucket: bucket, Key: this.#key, ...(tag !== null && { IfNoneMatch: tag }) };
    try {
      const { Body, ETag = null } = await client.send(new GetObjectCommand(wanted));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      this.#held = { snapshot: await decode(bytes, onUnusable), tag: ETag };
    } catch (error) {
      if (statusOf(error) === 404) this.#held = { snapshot: EMPTY_SNAPSHOT, tag: null };
      else if (statusOf(error) !== 304) throw error;
    }
    return this.#held;
  }

  async replace(snapshot: ReloadSnapshot, tag: string | null): Promise<void> {
    const { client, bucket } = this.#props;
    const Body = await compress(JSON.stringify(snapshot));
    const condition = tag === null ? { IfNoneMatch: '*' } : { IfMatch: tag };
    const object = { Bucket: bucket, Key: this.#key, Body, ContentType: 'application/gzip', ...condition };
    try {
      const { ETag } = await client.send(new PutObjectCommand(object));
      if (ETag !== undefined) this.#held = { snapshot, tag: ETag };
    } catch (error) {
      // 412: it was replaced; 409: it is being replaced; 404: it was deleted. A lost answer of our own looks so, too.
      if ([404, 409, 412].includes(statusOf(error) ?? 0)) throw new SnapshotChangedError({ cause: error });
      throw error;
    }
  }
}

/** An entry that is none would make every poll fail, and so would stay. */
const isSnapshot = (value: unknown): value is ReloadSnapshot =>
  isObject(value) &&
  isObject(value.entries) &&
  Object.values(value.entries).every((entry) => isObject(entry) && typeof entry.etag === 'string');

async function decode(bytes: Uint8Array, onUnusable?: (error: unknown) => void): Promise<ReloadSnapshot> {
  try {
    const snapshot: unknown = JSON.parse((await decompress(bytes)).toString());
    if (isSnapshot(snapshot)) return snapshot;
    throw new TypeError('It has no entries');
  } catch (error) {
    onUnusable?.(error);
    return EMPTY_SNAPSHOT;
  }
}
