import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MANIFEST_PREFIX, POLL_SECONDS, SCHEDULED_POLL } from '../../lambdas/discovery/contract.ts';
import type { StageConfig } from '../config.ts';
import type { RegistryFunction } from './registry-function.ts';
import { RoundSchedule } from './round-schedule.ts';

export interface ReloadTriggersProps {
  readonly config: StageConfig;
  /** The function that polls, and takes the events of the bucket. */
  readonly reload: RegistryFunction;
  /** How long that function may take. */
  readonly timeout: Duration;
  readonly bucket: IBucket;
  /** Where everything goes that could not be delivered. It must let the rules of {@link reloadRules} in. */
  readonly deadLetters: IQueue;
}

/** Name of the rule of the schedule, and of the queue behind it. */
export const reloadPollName = ({ name }: StageConfig): string => `${name}-reload-poll`;

/** Name of the rule for what happens in the bucket, and of the queue behind it. */
export const manifestEventsName = ({ name }: StageConfig): string => `${name}-manifest-events`;

/** Names of the rules, for whoever lets them in without a reference to them. */
export const reloadRules = (config: StageConfig): string[] => [reloadPollName(config), manifestEventsName(config)];

/**
 * What sets hot reload going: a poll every {@link POLL_SECONDS}, and what happens to manifests in the bucket.
 * The stack of the functions holds all of it: queues and rules carry nothing that is not in the bucket as well.
 */
export class ReloadTriggers extends Construct {
  private readonly props: ReloadTriggersProps;
  private readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, props: ReloadTriggersProps) {
    super(scope, id);
    this.props = props;
    // By its ARN: the queue's own stack would otherwise be given a policy that refers back to the rules.
    this.deadLetters = Queue.fromQueueArn(this, 'DeadLetters', props.deadLetters.queueArn);
    // `Default` adds nothing to logical ids: stages that were deployed before this construct keep their queue and rule.
    new RoundSchedule(this, 'Default', {
      name: reloadPollName(props.config),
      description: `Polls the manifests every ${POLL_SECONDS} seconds`,
      every: Duration.seconds(POLL_SECONDS),
      work: props.reload,
      timeout: props.timeout,
      event: SCHEDULED_POLL,
      deadLetters: this.deadLetters,
    });
    this.followBucket();
  }

  private followBucket(): void {
    const { config, reload, timeout, bucket } = this.props;
    const name = manifestEventsName(config);
    const events = new Queue(this, 'Events', {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS advises six times the function's own time: Lambda goes on trying for so long while it is throttled. What
      // the function gives back comes again after these 12 minutes; the poll has long seen to it by then.
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    reload.fn.addEventSource(
      new SqsEventSource(events, {
        // The most that Lambda hands over without waiting for more to come, which would take a second at least.
        batchSize: 10,
        // Somebody who uploads 10,000 manifests at once does not use up the account's concurrency.
        maxConcurrency: 4,
        reportBatchItemFailures: true,
      }),
    );
    new Rule(this, 'Changes', {
      ruleName: name,
      description: 'Manifests that were put into the bucket, or taken from it',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: MANIFEST_PREFIX }] } },
      },
      targets: [new SqsQueue(events, { deadLetterQueue: this.deadLetters })],
    });
  }
}
