import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { CREDENTIALS } from '../local/aws-environment.ts';
import type { RegistryLocation } from './registry-location.ts';

/** The objects that manifests are read from. */
export interface Bucket {
  /** Objects below a prefix, in the order of their keys; sizes in bytes. */
  objects(bucket: string, prefix: string): Promise<{ readonly key: string; readonly size: number }[]>;
  bytes(bucket: string, key: string): Promise<Uint8Array>;
}

/** `s3://bucket/prefix` in its parts; the prefix may be empty. */
export function bucketParts(path: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key };
}

/** S3 of the local stack where that is the registry, else of AWS with the ambient credentials. */
export function openBucket({ local }: Pick<RegistryLocation, 'local'>): Bucket {
  const s3 = new S3Client(
    local ? { endpoint: local.endpoint, region: local.region, credentials: CREDENTIALS, forcePathStyle: true } : {},
  );
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
  };
}
