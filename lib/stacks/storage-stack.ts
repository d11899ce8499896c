import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { LifecycleBus } from '../constructs/lifecycle-bus.ts';
import { ManifestBucket } from '../constructs/manifest-bucket.ts';
import { RegistryTable } from '../constructs/registry-table.ts';

export interface StorageStackProps extends StackProps {
  readonly config: StageConfig;
}

/** What must outlive a deployment of the functions: the table, the manifests, the bus and what could not be announced. */
export class StorageStack extends Stack {
  readonly registryTable: RegistryTable;
  readonly manifests: ManifestBucket;
  readonly lifecycleBus: LifecycleBus;
  /** Where a batch of changes lands that could not be announced. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config, ...props }: StorageStackProps) {
    super(scope, id, { ...props, terminationProtection: config.retained });
    this.registryTable = new RegistryTable(this, 'Registry', { config });
    this.manifests = new ManifestBucket(this, 'Manifests', { config });
    this.lifecycleBus = new LifecycleBus(this, 'Lifecycle', { config });
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: `${config.name}-dead-letters`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest that SQS keeps: twice as long as the change log, from which the lost announcements are replayed.
      retentionPeriod: Duration.days(14),
      removalPolicy: config.removalPolicy,
    });
    this.deadLetters
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) })
      .createAlarm(this, 'Lost', {
        alarmName: `${config.name}-dead-letters`,
        alarmDescription: 'Changes were committed but not announced. Replay them from the change log with `republish`.',
        threshold: 0,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        // An idle queue reports nothing at all.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
  }
}
