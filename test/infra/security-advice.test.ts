import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildStacks } from '../../lib/build-stacks.ts';
import { appWith } from '../support/template.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const FED = { env: 'prod', remoteRegistry: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com' };
const CHECKED = { checkedFunctions: 'calendar,agents-*', checkedServices: 'agents/calendar,workers/*' };
const WHOLE = { ...FED, ...CHECKED };
const TOKENS = { jwtIssuer: 'https://id.example.com', jwtAudience: 'registry' };

/** What AWS's advice has against the app: `rule at resource`, one each. */
function findings(app: App): string[] {
  // The checks know another stack's resources by their exports, which synthesis makes.
  app.synth();
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
}

function stage(context: Record<string, unknown>): App {
  const app = appWith(context);
  buildStacks(app);
  return app;
}

describe("AWS's advice", () => {
  test.each([
    { env: 'dev' },
    { env: 'prod' },
    { env: 'prod', ...TOKENS },
    { env: 'local', ...TOKENS },
    WHOLE,
    { env: 'local', ...TOKENS, ...CHECKED },
  ])('has nothing against %j that no reason is given for', (context) => {
    expect(findings(stage(context))).toEqual([]);
  });

  test('is asked for in full: a resource of which no reason speaks is found', () => {
    const app = appWith({ env: 'prod' });
    new Bucket(buildStacks(app).storage, 'Careless');
    expect(findings(app)).toEqual([
      'AwsSolutions-S1 at ai-pa-agent-registry-prod-storage/Careless/Resource',
      'AwsSolutions-S10 at ai-pa-agent-registry-prod-storage/Careless/Resource',
    ]);
  });

  test('is set aside nowhere in vain: without the reasons it has as many rules against the stage', () => {
    const acknowledge = jest.spyOn(Validations.prototype, 'acknowledge').mockReturnValue();
    const found = findings(stage(WHOLE)).map((finding) => finding.split(' at ')[0]);
    const reasons = acknowledge.mock.calls.flat();
    expect(new Set(reasons.map(({ id }) => id))).toEqual(new Set(found));
    expect(reasons.filter(({ reason }) => reason.length < 50)).toEqual([]);
  });
});
