import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ALARMED_FUNCTIONS, FUNCTIONS } from '../../../lib/function-names.ts';
import { ofType, type Resource, synthesise, theOnly } from '../../support/template.ts';

const STAGE = 'ai-pa-agent-registry-dev';

/** The alarms by the last part of their names. */
const alarms = (context = {}): Map<string, Resource['Properties']> =>
  new Map(
    ofType(synthesise(context), 'AWS::CloudWatch::Alarm').map(({ Properties }) => [
      Properties.AlarmName.replace(`${STAGE}-`, ''),
      Properties,
    ]),
  );

interface Widget {
  type: string;
  properties: { metrics?: unknown[][]; alarms?: string[] };
}

/** Stands where CloudFormation fills something in. */
const FILLED_IN = 'filled-in';

function widgets(): Widget[] {
  const { DashboardBody } = theOnly(synthesise(), 'AWS::CloudWatch::Dashboard').Properties;
  const parts: unknown[] = DashboardBody['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : FILLED_IN)).join('')).widgets;
}

/** Each metric of the dashboard, as `namespace name dimensions…`. */
const shown = (): string[] =>
  widgets().flatMap(({ properties }) =>
    (properties.metrics ?? []).map((metric) => metric.filter((part) => typeof part === 'string').join(' ')),
  );

/** Names of the custom metrics, from the `…_METRICS` of every room's contract. */
async function customMetrics(): Promise<string[]> {
  const rooms = readdirSync('lambdas', { withFileTypes: true }).filter((room) =>
    readdirSync(`lambdas/${room.name}`).includes('contract.ts'),
  );
  const contracts = await Promise.all(rooms.map(({ name }) => import(`../../../lambdas/${name}/contract.ts`)));
  return contracts
    .flatMap((contract: Record<string, Record<string, string>>) => Object.entries(contract))
    .filter(([name]) => name.endsWith('_METRICS'))
    .flatMap(([, metrics]) => Object.values(metrics));
}

describe('the alarms', () => {
  test('watch the API, the functions of which nothing else tells, the announcing, the index, hot reload and health', () => {
    expect([...alarms().keys()].sort()).toEqual(
      [
        ...['api-5xx', 'api-latency', 'throttles', 'iterator-age', 'dead-letters', 'base-age', 'index-age'],
        ...['reload-silence', 'removals-held', 'health-silence', 'health-held'],
        ...ALARMED_FUNCTIONS.map((shortName) => `${shortName}-errors`),
      ].sort(),
    );
  });

  test('cost at most $1.60 a month: up to 16, each on a single metric', () => {
    const all = [...alarms().values()];
    expect(all.length).toBeLessThanOrEqual(16);
    expect(all.filter(({ MetricName, Metrics }) => MetricName === undefined || Metrics !== undefined)).toEqual([]);
  });

  test('name their headings in the runbook', () => {
    for (const [name, { AlarmDescription }] of alarms()) {
      expect(AlarmDescription).toMatch(new RegExp(`^.{30,}\\. See "${name}" in RUNBOOK\\.md\\.$`));
    }
  });

  test.each([
    ['api-5xx', 'AWS/ApiGateway', '5xx', 'Average', 0.01, 300, 2, 3],
    ['api-latency', 'AWS/ApiGateway', 'Latency', 'p95', 2_000, 300, 3, 3],
    ['read-api-errors', 'AWS/Lambda', 'Errors', 'Sum', 2, 900, 1, 1],
    ['throttles', 'AWS/Lambda', 'Throttles', 'Sum', 0, 300, 2, 3],
    ['removals-held', 'AgentRegistry', 'RemovalsHeld', 'Maximum', 0, 300, 1, 1],
    ['iterator-age', 'AWS/Lambda', 'IteratorAge', 'Maximum', 60_000, 300, 2, 2],
    ['dead-letters', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', 0, 60, 1, 1],
    ['base-age', 'AgentRegistry', 'IndexBaseAge', 'Minimum', 26 * 3_600, 3_600, 1, 1],
    ['index-age', 'AgentRegistry', 'IndexAge', 'Maximum', 5_000, 300, 2, 3],
    ['health-silence', 'AgentRegistry', 'HealthAge', 'Minimum', 300, 300, 1, 1],
    ['health-held', 'AgentRegistry', 'HealthHeld', 'Maximum', 0, 300, 1, 1],
  ])('%s: %s %s, %s over %d in periods of %d s, %d of %d', (name, Namespace, MetricName, statistic, ...numbers) => {
    const [Threshold, Period, DatapointsToAlarm, EvaluationPeriods] = numbers;
    const alarm = alarms().get(name);
    expect(alarm).toMatchObject({ Namespace, MetricName, Threshold, Period, DatapointsToAlarm, EvaluationPeriods });
    expect(alarm?.Statistic ?? alarm?.ExtendedStatistic).toBe(statistic);
    expect(alarm?.ComparisonOperator).toBe('GreaterThanThreshold');
  });

  test('reload-silence: AgentRegistry PollsCompleted, fewer than one in 10 minutes', () => {
    expect(alarms().get('reload-silence')).toMatchObject({
      Namespace: 'AgentRegistry',
      MetricName: 'PollsCompleted',
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 600,
      EvaluationPeriods: 1,
    });
  });

  test('throttles looks at the account, whose concurrency is shared by all', () => {
    expect(alarms().get('throttles')?.Dimensions).toBeUndefined();
  });

  test.each([
    ['api-5xx', { ApiId: { 'Fn::ImportValue': expect.stringMatching(/ApiHttp/) } }],
    ['health-api-errors', { FunctionName: `${STAGE}-health-api` }],
    ['iterator-age', { FunctionName: `${STAGE}-change-stream` }],
    ['dead-letters', { QueueName: `${STAGE}-dead-letters` }],
    ['base-age', { service: `${STAGE}-index-base` }],
    ['index-age', { service: `${STAGE}-read-api` }],
    ['reload-silence', { service: `${STAGE}-discovery` }],
    ['removals-held', { service: `${STAGE}-discovery` }],
    ['health-silence', { service: `${STAGE}-health-sweep` }],
    ['health-held', { service: `${STAGE}-health-sweep` }],
  ])('%s looks at this stage alone', (name, dimensions) => {
    const expected = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    expect(alarms().get(name)?.Dimensions).toEqual(expected);
  });

  test('take silence for idleness, but of index-base, hot reload and the sweep, which always have something to tell', () => {
    const silent = [...alarms()].filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching');
    expect(silent.map(([name, { TreatMissingData }]) => [name, TreatMissingData])).toEqual([
      ['base-age', 'breaching'],
      ['reload-silence', 'breaching'],
      ['health-silence', 'breaching'],
    ]);
  });

  test('tell nobody, or the topic that was named, when they go off and when they are over', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:123456789012:on-call';
    for (const { AlarmActions, OKActions } of alarms().values()) {
      expect([AlarmActions, OKActions]).toEqual([undefined, undefined]);
    }
    for (const { AlarmActions, OKActions } of alarms({ alarmTopicArn }).values()) {
      expect([AlarmActions, OKActions]).toEqual([[alarmTopicArn], [alarmTopicArn]]);
    }
  });
});

describe('the dashboard', () => {
  test('shows every alarm', () => {
    expect(widgets().find(({ type }) => type === 'alarm')?.properties.alarms).toHaveLength(alarms().size);
  });

  test('shows each metric that an alarm is on', () => {
    const missing = [...alarms().values()].filter(({ Namespace, MetricName, Dimensions }) => {
      const dimensions = (Dimensions ?? []).flatMap(({ Name, Value }: { Name: string; Value: unknown }) => [
        Name,
        typeof Value === 'string' ? Value : FILLED_IN,
      ]);
      return !shown().includes([Namespace, MetricName, ...dimensions].join(' '));
    });
    expect(missing.map(({ AlarmName }) => AlarmName)).toEqual([]);
  });

  test('shows each custom metric under the function that tells it, and there are ten at most', async () => {
    const custom = shown().filter((metric) => metric.startsWith('AgentRegistry '));
    expect(custom.filter((metric) => !new RegExp(` service ${STAGE}-(${FUNCTIONS.join('|')})$`).test(metric))).toEqual(
      [],
    );
    const names = await customMetrics();
    expect(new Set(custom.map((metric) => metric.split(' ')[1]))).toEqual(new Set(names));
    expect(new Set(custom).size).toBe(custom.length);
    expect(names.length).toBeGreaterThanOrEqual(7);
    expect(names.length).toBeLessThanOrEqual(10);
  });

  test('shows the failed checks of each checking function', () => {
    const failed = shown().filter((metric) => metric.includes(' ChecksFailed '));
    expect(failed).toEqual(
      ['http', 'lambda', 'ecs'].map((kind) => `AgentRegistry ChecksFailed service ${STAGE}-${kind}-check`),
    );
  });

  test('shows the errors of every function, with an alarm on them or not', () => {
    const errors = shown().filter((metric) => metric.startsWith('AWS/Lambda Errors '));
    expect(errors).toEqual(FUNCTIONS.map((name) => `AWS/Lambda Errors FunctionName ${STAGE}-${name}`));
  });

  test('is among those that cost nothing: up to 50 metrics', () => {
    expect(shown().length).toBeGreaterThanOrEqual(30);
    expect(shown().length).toBeLessThanOrEqual(50);
  });
});

test('what is watched is not held in place: nothing but the id of the API is imported', () => {
  const imports = JSON.stringify(synthesise().monitoring.toJSON()).match(/"Fn::ImportValue":"[^"]+"/g) ?? [];
  expect([...new Set(imports)]).toEqual([expect.stringMatching(/:ExportsOutputRefApiHttp\w+"$/)]);
});
