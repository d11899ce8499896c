import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { INDEX_METRICS } from '../../lambdas/capability/contract.ts';
import { RELOAD_METRICS } from '../../lambdas/discovery/contract.ts';
import { HEALTH_METRICS } from '../../lambdas/health/contract.ts';
import type { StageConfig } from '../config.ts';
import { ALARMED_FUNCTIONS, type FunctionShortName } from '../function-names.ts';
import { deadLettersName } from './dead-letters.ts';
import type { StageMetrics } from './stage-metrics.ts';

/** What is alarmed on: a metric beyond its threshold in `datapoints` of the newest `periods`. */
interface AlarmSpec {
  /** Last part of the alarm's name, and its heading in `RUNBOOK.md`. */
  readonly name: string;
  /** One sentence for whoever is woken up. */
  readonly meaning: string;
  /** Without a label: with one, the CDK writes it as arithmetic on metrics, which the local stack does not know. */
  readonly metric: Metric;
  readonly threshold: number;
  /** Whether the metric is bad below its threshold. @default - above it */
  readonly below?: boolean;
  readonly periods: number;
  /** @default - all of the periods */
  readonly datapoints?: number;
  /** Whether silence is an alarm as well. @default - what is idle tells nothing, and that is fine */
  readonly silenceIsBad?: boolean;
}

/** Lasting trouble at any traffic, and not the one slow or failed call that a caller's own retry mends. */
const TWO_OF_THREE = { periods: 3, datapoints: 2 };

function apiAlarms(metrics: StageMetrics): AlarmSpec[] {
  return [
    {
      name: 'api-5xx',
      meaning: 'More than 1 % of the answers of the API were failures of its own, for 10 minutes.',
      // The average of this metric is a share of the requests.
      metric: metrics.api('5xx', { statistic: Stats.AVERAGE }),
      threshold: 0.01,
      ...TWO_OF_THREE,
    },
    {
      name: 'api-latency',
      meaning: 'One call in twenty took longer than 2 s, for 15 minutes.',
      metric: metrics.api('Latency', { statistic: Stats.p(95) }),
      threshold: 2_000,
      periods: 3,
    },
  ];
}

const errorAlarm = (metrics: StageMetrics, shortName: FunctionShortName): AlarmSpec => ({
  name: `${shortName}-errors`,
  meaning: `${shortName} failed three times in a quarter of an hour: it threw, timed out or ran out of memory.`,
  // Polls that fail one after another are three within two minutes.
  metric: metrics.function(shortName, 'Errors', { period: Duration.minutes(15) }),
  threshold: 2,
  periods: 1,
});

/** One for all functions, of this stage and of any other application: the limit is the account's. */
const throttleAlarm = (metrics: StageMetrics): AlarmSpec => ({
  name: 'throttles',
  meaning: "Lambda refused to run functions: the account's concurrency was used up, for 10 minutes.",
  metric: metrics.account('Throttles'),
  threshold: 0,
  ...TWO_OF_THREE,
});

function reloadAlarms(metrics: StageMetrics): AlarmSpec[] {
  return [
    {
      name: 'reload-silence',
      meaning: 'No poll of the manifests came to its end for 10 minutes: what people change there is not seen.',
      metric: metrics.custom('discovery', RELOAD_METRICS.polls, { period: Duration.minutes(10) }),
      threshold: 1,
      below: true,
      periods: 1,
      silenceIsBad: true,
    },
    {
      name: 'removals-held',
      meaning: 'So many agents vanished from a source at once that they are kept until somebody confirms it.',
      metric: metrics.custom('discovery', RELOAD_METRICS.held, { statistic: Stats.MAXIMUM }),
      threshold: 0,
      periods: 1,
    },
  ];
}

function healthAlarms(metrics: StageMetrics): AlarmSpec[] {
  return [
    {
      name: 'health-silence',
      meaning:
        'A check or the sweep of the heartbeats has come to no end for 5 minutes: who fails now goes on being served.',
      // The best of five sweeps: on a new stage the first of them may come before the checks' first rounds.
      metric: metrics.custom('health-sweep', HEALTH_METRICS.age, { statistic: Stats.MINIMUM }),
      threshold: Duration.minutes(5).toSeconds(),
      periods: 1,
      silenceIsBad: true,
    },
    {
      name: 'health-held',
      meaning: 'So many agents failed at once that none of it is believed until it passes, or somebody decides.',
      metric: metrics.custom('health-sweep', HEALTH_METRICS.held, { statistic: Stats.MAXIMUM }),
      threshold: 0,
      periods: 1,
    },
  ];
}

function announcementAlarms(metrics: StageMetrics, config: StageConfig): AlarmSpec[] {
  return [
    {
      name: 'iterator-age',
      meaning: 'Changes waited longer than a minute to be announced, for 10 minutes.',
      metric: metrics.function('change-stream', 'IteratorAge', { statistic: Stats.MAXIMUM }),
      threshold: 60_000,
      periods: 2,
    },
    {
      name: 'dead-letters',
      meaning:
        'Something could not be handed on: committed changes that were not announced, what happened to manifests, or a run.',
      metric: metrics.queue(deadLettersName(config), 'ApproximateNumberOfMessagesVisible', {
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
      threshold: 0,
      periods: 1,
    },
  ];
}

function indexAlarms(metrics: StageMetrics): AlarmSpec[] {
  return [
    {
      name: 'base-age',
      meaning: 'The newest base snapshot is over 26 hours old, or nobody tells how old it is.',
      // The youngest of an hour: a new base ends the alarm with the hour. One is due each day; past 5 days it is refused.
      metric: metrics.custom('index-base', INDEX_METRICS.baseAge, {
        statistic: Stats.MINIMUM,
        period: Duration.hours(1),
      }),
      threshold: Duration.hours(26).toSeconds(),
      periods: 1,
      silenceIsBad: true,
    },
    {
      name: 'index-age',
      meaning: 'List and search answered from an index that was over 5 s behind the table, for 10 minutes.',
      metric: metrics.custom('read-api', INDEX_METRICS.indexAge, { statistic: Stats.MAXIMUM }),
      threshold: 5_000,
      ...TWO_OF_THREE,
    },
  ];
}

export interface RegistryAlarmsProps {
  readonly config: StageConfig;
  readonly metrics: StageMetrics;
  /** @default - the alarms change their state and tell nobody */
  readonly action?: IAlarmAction;
}

/** The alarms of a stage, each on one metric: CloudWatch asks a price ($0.10 a month) for each metric of an alarm. */
export class RegistryAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { config, metrics, action }: RegistryAlarmsProps) {
    super(scope, id);
    const specs = [
      ...apiAlarms(metrics),
      ...ALARMED_FUNCTIONS.map((shortName) => errorAlarm(metrics, shortName)),
      throttleAlarm(metrics),
      ...announcementAlarms(metrics, config),
      ...indexAlarms(metrics),
      ...reloadAlarms(metrics),
      ...healthAlarms(metrics),
    ];
    this.all = specs.map((spec) => this.alarm(config, spec));
    if (action === undefined) return;
    for (const alarm of this.all) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  private alarm(config: StageConfig, spec: AlarmSpec): Alarm {
    return new Alarm(this, spec.name, {
      alarmName: `${config.name}-${spec.name}`,
      alarmDescription: `${spec.meaning} See "${spec.name}" in RUNBOOK.md.`,
      metric: spec.metric,
      threshold: spec.threshold,
      comparisonOperator: spec.below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: spec.periods,
      datapointsToAlarm: spec.datapoints ?? spec.periods,
      treatMissingData: spec.silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
  }
}
