import { S3Client } from '@aws-sdk/client-s3';
import { type AwsTarget, BOUNDS } from './aws-clients.ts';

/** For what loads S3 on demand: the package itself, imported so, would come with its hundred commands. */
export { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';

/** A client of S3. */
export const createS3Client = (target: AwsTarget = {}): S3Client => new S3Client({ ...BOUNDS, ...target });

/** The HTTP status of a failed call, where there was an answer: S3 says by it what its error names leave open. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
