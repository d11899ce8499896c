import { Duration, Validations } from 'aws-cdk-lib';
import { type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RegistryFunction } from './registry-function.ts';

export interface RoundScheduleProps {
  /** Name of the rule, and of the queue behind it. */
  readonly name: string;
  readonly description: string;
  /** Whole minutes, or half a one. */
  readonly every: Duration;
  readonly work: RegistryFunction;
  /** How long that function may take. */
  readonly timeout: Duration;
  /** What the function is given. */
  readonly event: object;
  /** Where a round goes that could not be started, by its ARN alone. It must let the rule in. */
  readonly deadLetters: IQueue;
}

/** A round that does not start within the minute is of no use: the next one is due. */
const ONE_MINUTE = Duration.minutes(1);

/**
 * Starts a function again and again. No round is tried a second time: the next one finds all that it would have found.
 * EventBridge knows no schedule finer than a minute: every half a minute is a rule that starts one round at once, and one
 * by way of a queue that holds it back.
 */
export class RoundSchedule extends Construct {
  private readonly props: RoundScheduleProps;

  constructor(scope: Construct, id: string, props: RoundScheduleProps) {
    super(scope, id);
    this.props = props;
    const { name, description, every, work, deadLetters } = props;
    work.fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: ONE_MINUTE });
    const delivery = { retryAttempts: 0, maxEventAge: ONE_MINUTE, deadLetterQueue: deadLetters };
    const event = RuleTargetInput.fromObject(props.event);
    const halves = every.toSeconds() < ONE_MINUTE.toSeconds();
    new Rule(this, 'Schedule', {
      ruleName: name,
      description,
      schedule: Schedule.rate(halves ? ONE_MINUTE : every),
      targets: [
        new LambdaFunction(work.fn, { ...delivery, event }),
        ...(halves ? [this.halfAMinuteLater(delivery, event)] : []),
      ],
    });
  }

  private halfAMinuteLater(delivery: TargetBaseProps, message: RuleTargetInput): IRuleTarget {
    const { name, every, work, timeout } = this.props;
    const later = new Queue(this, 'Poll', {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deliveryDelay: every,
      retentionPeriod: ONE_MINUTE,
      visibilityTimeout: timeout,
    });
    Validations.of(later).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'A round that was not made is no loss: the next one, half a minute later, finds all that this one would.',
    });
    // Two at once are the fewest that Lambda takes as a bound.
    work.fn.addEventSource(new SqsEventSource(later, { batchSize: 1, maxConcurrency: 2 }));
    return new SqsQueue(later, { ...delivery, message });
  }
}
