import { describe, expect, test } from '@jest/globals';
import { functionNamed, logicalIdOf, ofType, synthesise, theOnly } from '../../support/template.ts';

const STAGE = 'ai-pa-agent-registry-dev';
const DEAD_LETTERS = { 'Fn::ImportValue': expect.stringMatching(/DeadLetters\w+Arn/) };

const ruleOf = (name: string) => theOnly(synthesise(), 'AWS::Events::Rule', ({ Name }) => Name === `${STAGE}-${name}`);
const queueOf = (name: string) =>
  theOnly(synthesise(), 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${STAGE}-${name}`).Properties;

/** Logical id of a queue by the last part of its name. */
function queueId(name: string): string {
  const queues = synthesise().registry.findResources('AWS::SQS::Queue', {
    Properties: { QueueName: `${STAGE}-${name}` },
  });
  const [id] = Object.keys(queues);
  if (id === undefined) throw new Error(`There is no queue ${name}.`);
  return id;
}

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const discovery = () => arnOf(logicalIdOf(synthesise(), 'discovery'));

const mappingOf = (queue: string) =>
  theOnly(
    synthesise(),
    'AWS::Lambda::EventSourceMapping',
    ({ EventSourceArn }) => EventSourceArn['Fn::GetAtt']?.[0] === queueId(queue),
  ).Properties;

describe('the discovery function', () => {
  test('has a whole processor and two minutes', () => {
    expect(functionNamed(synthesise(), 'discovery').Properties).toMatchObject({ MemorySize: 1_769, Timeout: 120 });
  });

  test('is not tried again when a scheduled poll fails: the next one is due', () => {
    const id = logicalIdOf(synthesise(), 'discovery');
    const isOfDiscovery = ({ FunctionName }: { FunctionName?: { Ref: string } }) => FunctionName?.Ref === id;
    expect(theOnly(synthesise(), 'AWS::Lambda::EventInvokeConfig', isOfDiscovery).Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

describe('polls', () => {
  const poll = { Input: '{"trigger":"schedule"}', DeadLetterConfig: { Arn: DEAD_LETTERS } };
  const RetryPolicy = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };

  test('start each minute: one at once and one by way of a queue', () => {
    const { ScheduleExpression, Targets } = ruleOf('reload-poll').Properties;
    expect(ScheduleExpression).toBe('rate(1 minute)');
    expect(Targets).toEqual([
      { Id: expect.any(String), Arn: discovery(), ...poll, RetryPolicy },
      { Id: expect.any(String), Arn: arnOf(queueId('reload-poll')), ...poll, RetryPolicy },
    ]);
  });

  test('are 30 s apart, for that is how long the queue holds one back', () => {
    expect(queueOf('reload-poll')).toMatchObject({ DelaySeconds: 30 });
    expect(mappingOf('reload-poll')).toMatchObject({ FunctionName: { Ref: logicalIdOf(synthesise(), 'discovery') } });
  });

  test('that could not start are forgotten after a minute, and never come twice', () => {
    const { MessageRetentionPeriod, VisibilityTimeout, RedrivePolicy } = queueOf('reload-poll');
    expect([MessageRetentionPeriod, VisibilityTimeout, RedrivePolicy]).toEqual([60, 120, undefined]);
    expect(mappingOf('reload-poll')).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  });
});

describe('what happens in the bucket', () => {
  test('is told of manifests alone, and of this bucket', () => {
    const { EventPattern, EventBusName } = ruleOf('manifest-events').Properties;
    expect(EventBusName).toBeUndefined();
    expect(EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created', 'Object Deleted'],
      detail: {
        bucket: { name: [{ 'Fn::ImportValue': expect.stringMatching(/RefManifestsBucket/) }] },
        object: { key: [{ prefix: 'manifests/' }] },
      },
    });
  });

  test('goes to a queue as it is, and to the dead letters if that cannot be', () => {
    expect(ruleOf('manifest-events').Properties.Targets).toEqual([
      { Id: expect.any(String), Arn: arnOf(queueId('manifest-events')), DeadLetterConfig: { Arn: DEAD_LETTERS } },
    ]);
  });

  test('reaches the function without delay, ten at a time, four times at once, each told for itself', () => {
    expect(queueOf('manifest-events').DelaySeconds).toBeUndefined();
    expect(mappingOf('manifest-events')).toMatchObject({
      FunctionName: { Ref: logicalIdOf(synthesise(), 'discovery') },
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 4 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(mappingOf('manifest-events').MaximumBatchingWindowInSeconds).toBeUndefined();
  });

  test('is a dead letter after five tries, each with six times the time of the function', () => {
    const { RedrivePolicy, VisibilityTimeout } = queueOf('manifest-events');
    expect(RedrivePolicy).toEqual({ deadLetterTargetArn: DEAD_LETTERS, maxReceiveCount: 5 });
    expect(VisibilityTimeout).toBe(6 * functionNamed(synthesise(), 'discovery').Properties.Timeout);
  });
});

describe.each(['reload-poll', 'manifest-events'])('the queue %s', (name) => {
  test('is encrypted', () => {
    expect(queueOf(name).SqsManagedSseEnabled).toBe(true);
  });

  test('is out of reach without TLS, and takes messages of its rule alone', () => {
    const isOfQueue = ({ Queues }: { Queues?: { Ref: string }[] }) => Queues?.[0]?.Ref === queueId(name);
    const { PolicyDocument } = theOnly(synthesise(), 'AWS::SQS::QueuePolicy', isOfQueue).Properties;
    const [[ruleId] = []] = Object.entries(
      synthesise().registry.findResources('AWS::Events::Rule', { Properties: { Name: `${STAGE}-${name}` } }),
    );
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': arnOf(String(ruleId)) } },
      }),
    ]);
  });
});

test('no queue and no rule outlives the stack of the functions', () => {
  const storage = Object.values(synthesise().storage.toJSON().Resources as Record<string, { Type: string }>);
  expect(storage.filter(({ Type }) => Type === 'AWS::Events::Rule')).toEqual([]);
  expect(ofType(synthesise(), 'AWS::SQS::Queue')).toHaveLength(5);
});
