import { describe, expect, test } from '@jest/globals';
import { functionNamed, logicalIdOf, synthesise, theOnly } from '../../support/template.ts';

const STAGE = 'ai-pa-agent-registry-dev';
const DEAD_LETTERS = { Arn: { 'Fn::ImportValue': expect.stringMatching(/DeadLetters\w+Arn/) } };
const RetryPolicy = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };

const ruleOf = (name: string) =>
  theOnly(synthesise(), 'AWS::Events::Rule', ({ Name }) => Name === `${STAGE}-${name}`).Properties;

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** Logical id and properties of the queue behind a rule. */
function queueOf(name: string) {
  const [queue, ...others] = Object.entries(
    synthesise().registry.findResources('AWS::SQS::Queue', { Properties: { QueueName: `${STAGE}-${name}` } }),
  );
  if (queue === undefined || others.length > 0) throw new Error(`There is no queue ${name}, or several.`);
  return { id: queue[0], properties: queue[1].Properties };
}

const target = (Arn: object) => ({
  Id: expect.any(String),
  Arn,
  Input: '{"trigger":"schedule"}',
  DeadLetterConfig: DEAD_LETTERS,
  RetryPolicy,
});

describe.each(['http-check', 'ecs-check'])('rounds of %s', (name) => {
  test('start each minute: one at once and one by way of a queue', () => {
    expect(ruleOf(name)).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(ruleOf(name).Targets).toEqual([
      target(arnOf(logicalIdOf(synthesise(), name))),
      target(arnOf(queueOf(name).id)),
    ]);
  });

  test('are 30 s apart, and what could not start is forgotten after a minute', () => {
    expect(queueOf(name).properties).toMatchObject({
      DelaySeconds: 30,
      MessageRetentionPeriod: 60,
      SqsManagedSseEnabled: true,
    });
    expect(queueOf(name).properties.RedrivePolicy).toBeUndefined();
  });

  test('come out of the queue one by one, to this function alone', () => {
    const isOfQueue = ({ EventSourceArn }: { EventSourceArn?: { 'Fn::GetAtt'?: string[] } }) =>
      EventSourceArn?.['Fn::GetAtt']?.[0] === queueOf(name).id;
    expect(theOnly(synthesise(), 'AWS::Lambda::EventSourceMapping', isOfQueue).Properties).toMatchObject({
      FunctionName: { Ref: logicalIdOf(synthesise(), name) },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test('are not begun a second time while the first may still run', () => {
    const { VisibilityTimeout } = queueOf(name).properties;
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(functionNamed(synthesise(), name).Properties.Timeout);
  });
});

describe.each(['lambda-check', 'health-sweep'])('rounds of %s', (name) => {
  test('start each minute, and no more often', () => {
    expect(ruleOf(name)).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(ruleOf(name).Targets).toEqual([target(arnOf(logicalIdOf(synthesise(), name)))]);
    expect(() => queueOf(name)).toThrow('There is no queue');
  });
});

describe.each([
  ['http-check', 1_769],
  ['lambda-check', 512],
  ['ecs-check', 512],
  ['health-sweep', 1_024],
] as const)('%s', (name, memory) => {
  test(`has ${memory} MB, and ends before its lease of a minute does`, () => {
    expect(functionNamed(synthesise(), name).Properties).toMatchObject({ MemorySize: memory, Timeout: 55 });
  });

  test('is not tried again: the next round is due', () => {
    const isOfFunction = ({ FunctionName }: { FunctionName?: { Ref: string } }) =>
      FunctionName?.Ref === logicalIdOf(synthesise(), name);
    expect(theOnly(synthesise(), 'AWS::Lambda::EventInvokeConfig', isOfFunction).Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

test('heartbeats are taken by a function like those that answer other calls', () => {
  const { MemorySize, Timeout } = functionNamed(synthesise(), 'write-api').Properties;
  expect(functionNamed(synthesise(), 'health-api').Properties).toMatchObject({ MemorySize, Timeout });
});
