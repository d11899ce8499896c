import { S3Client } from '@aws-sdk/client-s3';
import { type AwsTarget, BOUNDS } from './aws-clients.ts';

/** A client of S3. */
export const createS3Client = (target: AwsTarget = {}): S3Client => new S3Client({ ...BOUNDS, ...target });
