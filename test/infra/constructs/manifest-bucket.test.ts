import { describe, expect, test } from '@jest/globals';
import { synthesise, theOnly } from '../../support/template.ts';

const bucket = () => theOnly(synthesise(), 'AWS::S3::Bucket').Properties;

describe('the manifest bucket', () => {
  test('is encrypted, versioned and closed to the public', () => {
    expect(bucket()).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  test('tells EventBridge of every change', () => {
    expect(bucket().NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });

  test('keeps overwritten manifests for a month, broken uploads for a week, base snapshots for ten days', () => {
    expect(bucket().LifecycleConfiguration.Rules).toEqual([
      {
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
      {
        Status: 'Enabled',
        Prefix: 'index/',
        ExpirationInDays: 10,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
      // What hot reload knows is replaced again and again: the replaced ones go, the last one stays.
      { Status: 'Enabled', Prefix: 'reload/', NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
    ]);
  });

  test('leaves its name to CloudFormation', () => {
    expect(bucket().BucketName).toBeUndefined();
  });

  test('is out of reach without TLS', () => {
    const { PolicyDocument } = theOnly(synthesise(), 'AWS::S3::BucketPolicy').Properties;
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });
});
