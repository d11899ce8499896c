import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';

export interface DeadLettersProps {
  readonly config: StageConfig;
  /** Names of the EventBridge rules that may put here what they could not deliver. */
  readonly rules: readonly string[];
}

/** The queue's name, for whoever measures it without a reference to it. */
export const deadLettersName = ({ name }: StageConfig): string => `${name}-dead-letters`;

/** Where everything of a stage ends that could not be handed on; an alarm goes off at the first message. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { config, rules }: DeadLettersProps) {
    super(scope, id);
    // `Default` adds nothing to the logical id: stages that were deployed before this construct keep their queue.
    this.queue = new Queue(this, 'Default', {
      queueName: deadLettersName(config),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest that SQS keeps: twice as long as the change log, from which the lost announcements are replayed.
      retentionPeriod: Duration.days(14),
      removalPolicy: config.removalPolicy,
    });
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesReportWhatTheyCouldNotDeliver',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        // Spelled out: the rules stand in a stack that refers to this one.
        conditions: { ArnEquals: { 'aws:SourceArn': rules.map((rule) => this.ruleArn(rule)) } },
      }),
    );
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue: the one of an event source and of a rule, which the check does not look at.',
    });
  }

  private ruleArn(rule: string): string {
    return Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName: rule });
  }
}
