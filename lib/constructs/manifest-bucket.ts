import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { INDEX_PREFIX } from '../../lambdas/capability/contract.ts';
import { MANIFEST_PREFIX, RELOAD_PREFIX } from '../../lambdas/discovery/contract.ts';
import type { StageConfig } from '../config.ts';
import type { RegistryFunction } from './registry-function.ts';

export interface ManifestBucketProps {
  readonly config: StageConfig;
}

/** Why a permission is of everything under a prefix, and not of a list of names. */
const UNLISTED = {
  [INDEX_PREFIX]:
    'A base snapshot is named by its content, so no list of names can be given. The prefix holds nothing else.',
  [MANIFEST_PREFIX]:
    'Users choose the ids of agents, by which their manifests are named. The prefix holds nothing else.',
  [RELOAD_PREFIX]: 'Each source of agents has a state of its own there. The prefix holds nothing else.',
} as const;

/**
 * Where manifests are put, as `manifests/{agentId}/manifest.json`; every change of an object goes to EventBridge. Base
 * snapshots of the index, and what hot reload knows, are under prefixes of their own.
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
        // A base snapshot is refused after 5 days, and a new one is written each day; nobody brings an old one back.
        {
          prefix: INDEX_PREFIX,
          expiration: Duration.days(10),
          noncurrentVersionExpiration: Duration.days(1),
        },
        // Each poll that finds something replaces its source's state; a lost one is made again from the manifests.
        { prefix: RELOAD_PREFIX, noncurrentVersionExpiration: Duration.days(1) },
      ],
      // No autoDeleteObjects for the stages that go: it adds a function of its own. Empty the bucket first.
      removalPolicy: config.removalPolicy,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Access logs need a second bucket, come late and may be incomplete. For a month versions show what was changed, ' +
        'and who did it is for the data events of CloudTrail, which an account turns on for all of its buckets.',
    });
    // By the property and not by `eventBridgeEnabled`, which adds a custom resource and its Python function.
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  /** Lets the function read base snapshots of the index, and gives it `BUCKET_NAME`. */
  grantReadBases(reader: RegistryFunction): void {
    this.grant(reader, ['s3:GetObject'], INDEX_PREFIX);
  }

  /** Lets the function read and write base snapshots of the index, and gives it `BUCKET_NAME`. */
  grantWriteBases(writer: RegistryFunction): void {
    this.grant(writer, ['s3:GetObject', 's3:PutObject'], INDEX_PREFIX);
  }

  /** Lets the function list and read manifests and keep what it knows of them, and gives it `BUCKET_NAME`. */
  grantFollow(follower: RegistryFunction): void {
    this.grant(follower, ['s3:GetObject'], MANIFEST_PREFIX);
    this.grant(follower, ['s3:GetObject', 's3:PutObject'], RELOAD_PREFIX);
    // Of the whole bucket: S3 says that a key is not there (404) only to who may list it, and to all others that they may
    // not read it (403). That question carries no prefix, so a condition on the prefix would refuse it.
    Grant.addToPrincipal({
      grantee: follower.role,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucket.bucketArn],
    }).assertSuccess();
  }

  private grant({ role, fn }: RegistryFunction, actions: string[], prefix: keyof typeof UNLISTED): void {
    const resourceArns = [this.bucket.arnForObjects(`${prefix}*`)];
    Grant.addToPrincipal({ grantee: role, actions, resourceArns }).assertSuccess();
    fn.addEnvironment('BUCKET_NAME', this.bucket.bucketName);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.exportedArn()}/${prefix}*]`,
      reason: UNLISTED[prefix],
    });
  }

  /** The name under which the stacks of functions find the bucket: the check knows their policies by it. */
  private exportedArn(): string {
    const stack = Stack.of(this);
    return stack.resolve(stack.exportValue(this.bucket.bucketArn))['Fn::ImportValue'];
  }
}
