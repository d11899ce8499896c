import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { HEADS_INDEX } from '../../lambdas/agents/contract.ts';
import type { StageConfig } from '../config.ts';
import { type FunctionShortName, functionNameOf } from '../function-names.ts';

/** Namespace of the custom metrics; Powertools in the functions is told the same. */
export const METRICS_NAMESPACE = 'AgentRegistry';

/**
 * The metrics of one stage. They are found by names as text, not by references to functions, table and queue:
 * CloudFormation lets nobody replace what another stack refers to, and watching a thing should not hold it in place.
 * The API alone is known by an id that AWS makes.
 */
export class StageMetrics {
  private readonly config: StageConfig;
  private readonly apiId: string;

  constructor(config: StageConfig, apiId: string) {
    this.config = config;
    this.apiId = apiId;
  }

  /** Of the HTTP API: `Count`, `4xx`, `5xx`, `Latency` (ms), `IntegrationLatency` (ms). */
  api(metricName: string, options: MetricOptions = {}): Metric {
    return this.metric('AWS/ApiGateway', metricName, { ApiId: this.apiId }, options);
  }

  /** Of a function, as Lambda sees it: `Errors`, `Throttles`, `Duration` (ms), `IteratorAge` (ms) and so on. */
  function(shortName: FunctionShortName, metricName: string, options: MetricOptions = {}): Metric {
    const FunctionName = functionNameOf(this.config, shortName);
    return this.metric('AWS/Lambda', metricName, { FunctionName }, options);
  }

  /** Of all functions of the account in this region, whose concurrency is one: `Throttles`, `ConcurrentExecutions`. */
  account(metricName: string, options: MetricOptions = {}): Metric {
    return this.metric('AWS/Lambda', metricName, {}, options);
  }

  /** What a function tells of itself, by the names of its room's contract. */
  custom(shortName: FunctionShortName, metricName: string, options: MetricOptions = {}): Metric {
    return this.metric(METRICS_NAMESPACE, metricName, { service: functionNameOf(this.config, shortName) }, options);
  }

  /** Of the table itself: `ConsumedReadCapacityUnits`, `WriteThrottleEvents`, `TransactionConflict` and so on. */
  table(metricName: string, options: MetricOptions = {}): Metric {
    return this.metric('AWS/DynamoDB', metricName, { TableName: this.config.name }, options);
  }

  /** Of the `heads` index, by the same names as those of the table. */
  heads(metricName: string, options: MetricOptions = {}): Metric {
    const dimensions = { TableName: this.config.name, GlobalSecondaryIndexName: HEADS_INDEX.name };
    return this.metric('AWS/DynamoDB', metricName, dimensions, options);
  }

  /** Of a queue, by its name: `ApproximateNumberOfMessagesVisible`, `ApproximateAgeOfOldestMessage` (s). */
  queue(QueueName: string, metricName: string, options: MetricOptions = {}): Metric {
    return this.metric('AWS/SQS', metricName, { QueueName }, options);
  }

  private metric(
    namespace: string,
    metricName: string,
    dimensionsMap: Record<string, string>,
    options: MetricOptions,
  ): Metric {
    return new Metric({
      namespace,
      metricName,
      dimensionsMap,
      statistic: Stats.SUM,
      period: Duration.minutes(5),
      ...options,
    });
  }
}
