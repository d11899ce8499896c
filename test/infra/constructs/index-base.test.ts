import { describe, expect, test } from '@jest/globals';
import { functionNamed, logicalIdOf, synthesise, theOnly } from '../../support/template.ts';

const rule = () => theOnly(synthesise(), 'AWS::Events::Rule', ({ Name }) => Name.endsWith('-index-base')).Properties;

const writer = () => logicalIdOf(synthesise(), 'index-base');

describe('index-base', () => {
  test('looks every quarter of an hour whether a base is due', () => {
    expect(rule()).toMatchObject({ ScheduleExpression: 'rate(15 minutes)', State: 'ENABLED' });
    expect(rule().Targets).toEqual([expect.objectContaining({ Arn: { 'Fn::GetAtt': [writer(), 'Arn'] } })]);
  });

  test('may be started by its rule alone', () => {
    const [permission, ...others] = Object.values(
      synthesise().registry.findResources('AWS::Lambda::Permission', {
        Properties: { FunctionName: { 'Fn::GetAtt': [writer(), 'Arn'] } },
      }),
    );
    expect(others).toEqual([]);
    expect(permission?.Properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^IndexBaseSchedule/), 'Arn'] },
    });
  });

  test('is tried again until the next run is due; what could not be started is a dead letter', () => {
    const [target] = rule().Targets;
    expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 });
    expect(target.DeadLetterConfig.Arn['Fn::ImportValue']).toMatch(/DeadLetters\w+Arn/);
    const isOfWriter = ({ FunctionName }: { FunctionName?: { Ref: string } }) => FunctionName?.Ref === writer();
    expect(theOnly(synthesise(), 'AWS::Lambda::EventInvokeConfig', isOfWriter).Properties).toMatchObject({
      MaximumEventAgeInSeconds: 900,
      MaximumRetryAttempts: 2,
    });
  });

  test('has the memory of the read function, which holds the same index, and ends before the next run', () => {
    const { MemorySize, Timeout } = functionNamed(synthesise(), 'index-base').Properties;
    expect(MemorySize).toBe(functionNamed(synthesise(), 'read-api').Properties.MemorySize);
    expect(Timeout).toBe(120);
  });
});
