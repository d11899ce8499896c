import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';

export interface ManifestBucketProps {
  readonly config: StageConfig;
}

/**
 * Where manifests are put, as `manifests/{agentId}/manifest.json`; every change of an object goes to EventBridge.
 * CloudFormation names it: bucket names are one namespace for all of AWS, and prefix, stage, account and region together
 * may not fit in 63 characters.
 */
export class ManifestBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config }: ManifestBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [
        // A month to bring an overwritten manifest back; an upload that stopped half-way is invisible and still paid for.
        { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      // No autoDeleteObjects for the stages that go: it adds a function of its own. Empty the bucket first.
      removalPolicy: config.removalPolicy,
    });
    // By the property and not by `eventBridgeEnabled`, which adds a custom resource and its Python function.
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
}
