import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type Metric,
  PeriodOverride,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { CHANGE_METRICS } from '../../lambdas/agents/contract.ts';
import { INDEX_METRICS } from '../../lambdas/capability/contract.ts';
import { RELOAD_METRICS } from '../../lambdas/discovery/contract.ts';
import { HEALTH_METRICS } from '../../lambdas/health/contract.ts';
import type { StageConfig } from '../config.ts';
import { FUNCTIONS, type FunctionShortName } from '../function-names.ts';
import { deadLettersName } from './dead-letters.ts';
import { manifestEventsName, reloadPollName } from './reload-triggers.ts';
import type { StageMetrics } from './stage-metrics.ts';

export interface RegistryDashboardProps {
  readonly config: StageConfig;
  readonly metrics: StageMetrics;
  readonly alarms: readonly Alarm[];
}

/** Each row is 24 columns wide. */
const graph = (title: string, left: Metric[], right: Metric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 8, height: 6, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } });

const MAXIMUM = { statistic: Stats.MAXIMUM };
const P95 = { statistic: Stats.p(95) };

function apiRow(metrics: StageMetrics): GraphWidget[] {
  return [
    graph('API: requests', [metrics.api('Count', { label: 'requests' })]),
    graph('API: errors', [metrics.api('4xx', { label: '4xx' }), metrics.api('5xx', { label: '5xx' })]),
    graph('API: latency (ms)', [
      metrics.api('Latency', { statistic: Stats.p(50), label: 'p50' }),
      metrics.api('Latency', { ...P95, label: 'p95' }),
      metrics.api('IntegrationLatency', { ...P95, label: 'p95 of the functions' }),
    ]),
  ];
}

/** Functions that somebody waits for, or that must be done before the next round: what they take is shown. */
const TIMED: readonly FunctionShortName[] = ['read-api', 'write-api', 'health-api', 'discovery', 'http-check'];

/** Those that make rounds of checks, each of one kind. */
const CHECKERS: readonly FunctionShortName[] = ['http-check', 'lambda-check', 'ecs-check'];

function functionRows(metrics: StageMetrics, config: StageConfig): GraphWidget[][] {
  const each = (names: readonly FunctionShortName[], metricName: string, options = {}) =>
    names.map((shortName) => metrics.function(shortName, metricName, { label: shortName, ...options }));
  return [
    [
      graph('Functions: errors', each(FUNCTIONS, 'Errors')),
      graph('Functions: duration, p95 (ms)', each(TIMED, 'Duration', P95)),
      graph(
        'All functions of the account: concurrency, and throttles (right)',
        [metrics.account('ConcurrentExecutions', { ...MAXIMUM, label: 'at once' })],
        [metrics.account('Throttles', { label: 'refused' })],
      ),
    ],
    [
      graph(
        'Announcing: changes, and how long they waited (ms, right)',
        [
          metrics.custom('change-stream', CHANGE_METRICS.published, { label: 'announced' }),
          metrics.custom('change-stream', CHANGE_METRICS.late, { label: 'late, appended again' }),
        ],
        [metrics.function('change-stream', 'IteratorAge', { ...MAXIMUM, label: 'iterator age' })],
      ),
      graph(
        'Dead letters, and age of the oldest (s, right)',
        [
          metrics.queue(deadLettersName(config), 'ApproximateNumberOfMessagesVisible', {
            ...MAXIMUM,
            label: 'messages',
          }),
        ],
        [metrics.queue(deadLettersName(config), 'ApproximateAgeOfOldestMessage', { ...MAXIMUM, label: 'oldest' })],
      ),
    ],
  ];
}

function healthRow(metrics: StageMetrics): GraphWidget[] {
  const { failed, age, held } = HEALTH_METRICS;
  return [
    graph(
      'Health: checks that failed, in a round',
      CHECKERS.map((shortName) => metrics.custom(shortName, failed, { ...MAXIMUM, label: shortName })),
    ),
    graph('Health: age of the oldest round or sweep (s)', [
      metrics.custom('health-sweep', age, { ...MAXIMUM, label: 'age' }),
    ]),
    graph('Health: changes that are held back', [metrics.custom('health-sweep', held, { ...MAXIMUM, label: 'held' })]),
  ];
}

function reloadRow(metrics: StageMetrics, config: StageConfig): GraphWidget[] {
  const { polls, refused, held } = RELOAD_METRICS;
  const age = (queue: string, label: string) =>
    metrics.queue(queue, 'ApproximateAgeOfOldestMessage', { ...MAXIMUM, label });
  return [
    graph('Hot reload: polls', [metrics.custom('discovery', polls, { label: 'polls' })]),
    graph('Hot reload: manifests refused, removals held', [
      metrics.custom('discovery', refused, { ...MAXIMUM, label: 'refused' }),
      metrics.custom('discovery', held, { ...MAXIMUM, label: 'held' }),
    ]),
    graph('Hot reload: how long events and polls wait (s)', [
      age(manifestEventsName(config), 'events of manifests'),
      age(reloadPollName(config), 'polls'),
    ]),
  ];
}

function dataRow(metrics: StageMetrics): GraphWidget[] {
  return [
    graph('Table: consumed units', [
      metrics.table('ConsumedReadCapacityUnits', { label: 'read' }),
      metrics.table('ConsumedWriteCapacityUnits', { label: 'written' }),
      metrics.heads('ConsumedReadCapacityUnits', { label: 'read, heads' }),
      metrics.heads('ConsumedWriteCapacityUnits', { label: 'written, heads' }),
    ]),
    graph('Table: throttles and conflicts', [
      metrics.table('ReadThrottleEvents', { label: 'reads' }),
      metrics.table('WriteThrottleEvents', { label: 'writes' }),
      metrics.heads('ReadThrottleEvents', { label: 'reads, heads' }),
      metrics.heads('WriteThrottleEvents', { label: 'writes, heads' }),
      metrics.table('TransactionConflict', { label: 'conflicts' }),
    ]),
    graph(
      'Index: age of the copies (ms), of the base (s, right)',
      [metrics.custom('read-api', INDEX_METRICS.indexAge, { ...MAXIMUM, label: 'oldest copy' })],
      [metrics.custom('index-base', INDEX_METRICS.baseAge, { ...MAXIMUM, label: 'base' })],
    ),
  ];
}

/**
 * A stage at a glance: alarms on top, then what callers feel, the functions, health, hot reload, the data. Up to 50 metrics keep it among
 * the three dashboards of an account that cost nothing (any more are $3 a month each).
 */
export class RegistryDashboard extends Construct {
  constructor(scope: Construct, id: string, { config, metrics, alarms }: RegistryDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: config.name,
      defaultInterval: Duration.hours(12),
      // Otherwise a look at a month asks for every single minute of it.
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [
          new AlarmStatusWidget({
            title: 'Alarms: RUNBOOK.md has a heading for each',
            alarms: [...alarms],
            width: 24,
            height: 4,
          }),
        ],
        apiRow(metrics),
        ...functionRows(metrics, config),
        healthRow(metrics),
        reloadRow(metrics, config),
        dataRow(metrics),
      ],
    });
  }
}
