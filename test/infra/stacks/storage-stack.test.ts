import { describe, expect, test } from '@jest/globals';
import { synthesise, theOnly } from '../../support/template.ts';

const KEPT = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::Events::EventBus', 'AWS::SQS::Queue'];

const RULE = ':rule/ai-pa-agent-registry-dev-index-base';

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

  test('are out of reach without TLS, and open to the rule of index-base beside the roles that may write', () => {
    const { PolicyDocument } = theOnly(synthesise(), 'AWS::SQS::QueuePolicy').Properties;
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sqs:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': [{ 'Fn::Join': ['', expect.arrayContaining([RULE])] }] } },
      }),
    ]);
  });

  test('keep their logical name: a stage that has them cannot make a queue of the same name again', () => {
    expect(Object.keys(synthesise().storage.findResources('AWS::SQS::Queue'))).toEqual(['DeadLettersBBF8BAAB']);
  });
});
