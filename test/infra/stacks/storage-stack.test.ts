import { describe, expect, test } from '@jest/globals';
import { ofType, synthesise, theOnly } from '../../support/template.ts';

const KEPT = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::Events::EventBus', 'AWS::SQS::Queue'];

describe('what outlives its stack', () => {
  test.each(KEPT)('%s: kept in prod, gone with dev', (type) => {
    expect(theOnly(synthesise({ env: 'prod' }), type).DeletionPolicy).toBe('Retain');
    expect(theOnly(synthesise({ env: 'dev' }), type).DeletionPolicy).toBe('Delete');
  });
});

describe('the dead letters', () => {
  test('are encrypted and kept for as long as SQS can', () => {
    expect(theOnly(synthesise(), 'AWS::SQS::Queue').Properties).toMatchObject({
      QueueName: 'ai-pa-agent-registry-dev-dead-letters',
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3_600,
    });
  });

  test('are out of reach without TLS', () => {
    const { PolicyDocument } = theOnly(synthesise(), 'AWS::SQS::QueuePolicy').Properties;
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sqs:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  test('raise an alarm at the first one', () => {
    const [alarm, ...others] = ofType(synthesise(), 'AWS::CloudWatch::Alarm');
    expect(others).toEqual([]);
    expect(alarm?.Properties).toMatchObject({
      AlarmName: 'ai-pa-agent-registry-dev-dead-letters',
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      TreatMissingData: 'notBreaching',
    });
  });
});
