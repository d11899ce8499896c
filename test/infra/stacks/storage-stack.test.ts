import { describe, expect, test } from '@jest/globals';
import { synthesise, theOnly } from '../../support/template.ts';

const isDeadLetters = ({ QueueName }: { QueueName?: string }) => QueueName?.endsWith('-dead-letters') ?? true;

const KEPT = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::Events::EventBus',
  'AWS::SQS::Queue',
  'AWS::IAM::ManagedPolicy',
];

const ROUNDS = ['http-check', 'lambda-check', 'ecs-check', 'health-sweep'];

const RULES = ['index-base', 'reload-poll', 'manifest-events', ...ROUNDS].map(
  (rule) => `:rule/ai-pa-agent-registry-dev-${rule}`,
);

describe('what outlives its stack', () => {
  test.each(KEPT)('%s: kept in prod, gone with dev', (type) => {
    expect(theOnly(synthesise({ env: 'prod' }), type, isDeadLetters).DeletionPolicy).toBe('Retain');
    expect(theOnly(synthesise({ env: 'dev' }), type, isDeadLetters).DeletionPolicy).toBe('Delete');
  });
});

describe('the dead letters', () => {
  test('are encrypted and kept for as long as SQS can', () => {
    expect(theOnly(synthesise(), 'AWS::SQS::Queue', isDeadLetters).Properties).toMatchObject({
      QueueName: 'ai-pa-agent-registry-dev-dead-letters',
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3_600,
    });
  });

  test('are out of reach without TLS, and open to the rules of the stage beside the roles that may write', () => {
    const [{ Properties } = { Properties: {} }] = Object.values(
      synthesise().storage.findResources('AWS::SQS::QueuePolicy'),
    );
    const { PolicyDocument } = Properties;
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
        Condition: {
          ArnEquals: {
            'aws:SourceArn': RULES.map((rule) => ({ 'Fn::Join': ['', expect.arrayContaining([rule])] })),
          },
        },
      }),
    ]);
  });

  test('keep their logical name: a stage that has them cannot make a queue of the same name again', () => {
    expect(Object.keys(synthesise().storage.findResources('AWS::SQS::Queue'))).toEqual(['DeadLettersBBF8BAAB']);
  });
});

test('the output is what agents attach to their roles', () => {
  const outputs: Record<string, { Value: unknown; Export?: object }> = synthesise().storage.toJSON().Outputs;
  const spelled = Object.entries(outputs).filter(([, { Export }]) => Export === undefined);
  const policies = Object.keys(synthesise().storage.findResources('AWS::IAM::ManagedPolicy'));
  expect(spelled).toEqual([['HeartbeatPolicyArn', { Value: { Ref: policies[0] } }]]);
});
