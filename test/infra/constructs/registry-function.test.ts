import { describe, expect, test } from '@jest/globals';
import { FUNCTIONS } from '../../../lib/function-names.ts';
import { functionNamed, ofType, synthesise } from '../../support/template.ts';

describe.each(FUNCTIONS)('the function %s', (shortName) => {
  test('runs on Node 24 and arm64', () => {
    expect(functionNamed(synthesise(), shortName).Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    });
  });

  test.each([
    ['dev', 14],
    ['prod', 90],
  ])('logs JSON into a group of its own; in %s for %s days', (env, days) => {
    const templates = synthesise({ env });
    const { LoggingConfig, FunctionName } = functionNamed(templates, shortName).Properties;
    expect(LoggingConfig.LogFormat).toBe('JSON');
    const { Properties } = templates.registry.toJSON().Resources[LoggingConfig.LogGroup.Ref];
    expect(Properties).toMatchObject({ LogGroupName: `/aws/lambda/${FunctionName}`, RetentionInDays: days });
  });

  test('names itself in its metrics by its full name, so that stages stay apart', () => {
    const { Environment, FunctionName } = functionNamed(synthesise(), shortName).Properties;
    expect(Environment.Variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: FunctionName,
      POWERTOOLS_METRICS_NAMESPACE: 'AgentRegistry',
    });
  });
});

test('every log group has an end', () => {
  const groups = ofType(synthesise(), 'AWS::Logs::LogGroup');
  expect(groups).toHaveLength(FUNCTIONS.length + 1);
  expect(groups.filter(({ Properties }) => !Properties.RetentionInDays)).toEqual([]);
});
