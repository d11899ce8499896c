import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { INDEX_BASE_MINUTES } from '../../lambdas/capability/contract.ts';
import type { StageConfig } from '../config.ts';
import { functionNameOf } from '../function-names.ts';
import type { ManifestBucket } from './manifest-bucket.ts';
import { RegistryFunction } from './registry-function.ts';
import type { RegistryTable } from './registry-table.ts';

export interface IndexBaseProps {
  readonly config: StageConfig;
  readonly registryTable: RegistryTable;
  readonly manifests: ManifestBucket;
  /** Where a run goes that could not even be started. It must let the rule {@link indexBaseRule} in. */
  readonly deadLetters: IQueue;
}

/** Name of the rule that starts the runs. */
export const indexBaseRule = (config: StageConfig): string => functionNameOf(config, 'index-base');

/** How long a run that did not start, or failed, may be tried again: until the next one is due. */
const RETRIES = { retryAttempts: 2, maxEventAge: Duration.minutes(INDEX_BASE_MINUTES) };

/** Writes base snapshots of the index, from which a cold start of the read function begins. */
export class IndexBase extends Construct {
  constructor(scope: Construct, id: string, { config, registryTable, manifests, deadLetters }: IndexBaseProps) {
    super(scope, id);
    const writer = new RegistryFunction(this, 'Writer', {
      config,
      shortName: 'index-base',
      entry: 'lambdas/capability/index-base.handler.ts',
      // As much as the read function, which holds the same index.
      memorySize: 1_024,
      // Most runs find nothing due and take a moment. A rebuild reads `heads` by pages of 1 MB, about 1,000 agents each.
      timeout: Duration.minutes(2),
    });
    registryTable.grantRead(writer);
    registryTable.grantNameBase(writer);
    manifests.grantWriteBases(writer);
    writer.fn.configureAsyncInvoke(RETRIES);
    new Rule(this, 'Schedule', {
      ruleName: indexBaseRule(config),
      description: 'Looks whether a new base snapshot of the index is due',
      schedule: Schedule.rate(Duration.minutes(INDEX_BASE_MINUTES)),
      targets: [
        new LambdaFunction(writer.fn, {
          ...RETRIES,
          // By its ARN: the queue's own stack would otherwise be given a policy that refers back to this rule.
          deadLetterQueue: Queue.fromQueueArn(this, 'DeadLetters', deadLetters.queueArn),
          event: RuleTargetInput.fromObject({}),
        }),
      ],
    });
  }
}
