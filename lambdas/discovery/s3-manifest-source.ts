import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { TooLargeError } from '../shared/errors.ts';
import { statusOf } from '../shared/s3-client.ts';
import { MANIFEST_PREFIX } from './contract.ts';
import { manifestPlace } from './manifest-key.ts';
import {
  type FetchedManifest,
  type ListedManifest,
  ManifestChangedError,
  ManifestGoneError,
  type ManifestSource,
} from './manifest-source.ts';

/** What an agent may say in all is 256 KB; what is four times that is something else. */
const MAX_BYTES = 1024 * 1024;

/**
 * A version is told by the object's ETag and the second in which it was written: an object that was deleted and put
 * back as it was is another one, and whoever has missed that in between looks at it again.
 */
const versionOf = (etag: string | undefined, modified: Date | undefined): string =>
  `${etag ?? ''}@${Math.floor((modified?.getTime() ?? 0) / 1000)}`;

const etagOf = (version: string): string => version.slice(0, version.lastIndexOf('@'));

/** The whole body, or an error: a connection may break in the middle and leave a text that parses. */
async function bytesOf(key: string, { Body, ContentLength }: GetObjectCommandOutput): Promise<Uint8Array> {
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  if (ContentLength !== undefined && bytes.length !== ContentLength) {
    throw new Error(`${key} broke off after ${bytes.length} of ${ContentLength} bytes`);
  }
  return bytes;
}

/** Manifests in a bucket: of agents `manifests/{id}/manifest.json`, of services `server.json` or `service.json`. */
export class S3ManifestSource implements ManifestSource {
  readonly source = 's3';
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async list(): Promise<readonly ListedManifest[]> {
    const listed: ListedManifest[] = [];
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: MANIFEST_PREFIX });
    for await (const { Contents = [], IsTruncated, NextContinuationToken } of pages) {
      for (const { Key = '', ETag, LastModified } of Contents) {
        if (this.idOf(Key) !== undefined) listed.push({ key: Key, etag: versionOf(ETag, LastModified) });
      }
      // Where the pages would end without being done, what is left would look deleted. S3 always says whether they are:
      // a page that does not was lost on the way.
      if (IsTruncated === undefined || (IsTruncated && !NextContinuationToken)) {
        throw new Error('The listing of the manifests broke off');
      }
    }
    return listed;
  }

  /** Whatever else lies under the prefix is no manifest, and events speak of that as well. */
  async fetch(key: string, etag?: string): Promise<FetchedManifest> {
    if (this.idOf(key) === undefined) throw new ManifestGoneError(key);
    try {
      const object = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key, ...(etag !== undefined && { IfMatch: etagOf(etag) }) }),
      );
      if ((object.ContentLength ?? 0) > MAX_BYTES) {
        (object.Body as { destroy?: () => void } | undefined)?.destroy?.();
        throw new TooLargeError(`A manifest may have at most ${MAX_BYTES} bytes.`);
      }
      return { content: await bytesOf(key, object), etag: versionOf(object.ETag, object.LastModified) };
    } catch (error) {
      if (statusOf(error) === 412) throw new ManifestChangedError(key, { cause: error });
      if (statusOf(error) === 404) throw new ManifestGoneError(key, { cause: error });
      throw error;
    }
  }

  async head(key: string): Promise<string | undefined> {
    if (this.idOf(key) === undefined) return undefined;
    try {
      const { ETag, LastModified } = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return versionOf(ETag, LastModified);
    } catch (error) {
      // 403 does not say that it is gone, and nor does anything else.
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  originOf(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }

  idOf(key: string): string | undefined {
    return key.startsWith(MANIFEST_PREFIX) ? manifestPlace(key.slice(MANIFEST_PREFIX.length))?.id : undefined;
  }
}
