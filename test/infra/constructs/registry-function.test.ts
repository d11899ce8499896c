import { globSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { readStageConfig } from '../../../lib/config.ts';
import { RegistryFunction } from '../../../lib/constructs/registry-function.ts';
import { FUNCTIONS } from '../../../lib/function-names.ts';
import { functionNamed, ofType, synthesise } from '../../support/template.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();

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

describe("a function's bundle", () => {
  /** Bundles a function in earnest. Returns the paths in its bundle. */
  async function bundled(folder: string): Promise<string[]> {
    const app = new App({ outdir: await temporary(), builtinCloudFormationValidation: false });
    new RegistryFunction(new Stack(app, 'Stack'), 'Function', {
      config: readStageConfig(app.node),
      shortName: 'openapi',
      entry: 'lambdas/shared/clock.ts',
      files: { folder, bundled: 'copied' },
      memorySize: 128,
      timeout: Duration.seconds(1),
    });
    app.synth();
    return globSync('asset.*/**/*.*', { cwd: app.outdir }).map((path) => path.split('/').slice(1).join('/'));
  }

  test('has the files that come with the code beside it', async () => {
    expect(await bundled('manifests/calendar')).toEqual(expect.arrayContaining(['index.js', 'copied/manifest.json']));
  });

  test('is not made without them', async () => {
    await expect(bundled('manifests/nobody')).rejects.toThrow();
  });
});
