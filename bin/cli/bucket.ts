import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { AwsTarget } from '../../lambdas/shared/aws-clients.ts';

/** The objects that manifests are read from. */
export interface Bucket {
  /** Objects below a prefix, in the order of their keys; sizes in bytes. */
  objects(bucket: string, prefix: string): Promise<{ readonly key: string; readonly size: number }[]>;
  bytes(bucket: string, key: string): Promise<Uint8Array>;
}

/** The objects that manifests are kept in. */
export interface WritableBucket extends Bucket {
  /** Puts a JSON document there. */
  put(bucket: string, key: string, content: Uint8Array): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
}

/** `s3://bucket/prefix` in its parts; the prefix may be empty. */
export function bucketParts(path: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key };
}

/** S3 where the target says, else of AWS with the ambient credentials. */
export function openBucket(target: AwsTarget): WritableBucket {
  // An emulator answers at an address, which has no subdomains for buckets.
  const s3 = new S3Client({ ...target, forcePathStyle: target.endpoint !== undefined });
  return {
    async objects(bucket, prefix) {
      const objects: { key: string; size: number }[] = [];
      for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
        objects.push(...(page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size })));
      }
      return objects;
    },
    async bytes(bucket, key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body ? Body.transformToByteArray() : new Uint8Array();
    },
    async put(bucket, key, content) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: 'application/json' }));
    },
    async remove(bucket, key) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
