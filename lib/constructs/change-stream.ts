import { Duration } from 'aws-cdk-lib';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CHANGE_PARTITION, TABLE } from '../../lambdas/agents/contract.ts';
import type { StageConfig } from '../config.ts';
import type { LifecycleBus } from './lifecycle-bus.ts';
import { RegistryFunction } from './registry-function.ts';
import type { RegistryTable } from './registry-table.ts';

export interface ChangeStreamProps {
  readonly config: StageConfig;
  readonly registryTable: RegistryTable;
  readonly lifecycleBus: LifecycleBus;
  /** Where the place of a batch in the stream goes that could not be announced in time. */
  readonly deadLetters: IQueue;
}

/** Only new entries of the change log wake the function: heads, layers and expiring items are none of its business. */
const NEW_CHANGES = FilterCriteria.filter({
  eventName: FilterRule.isEqual('INSERT'),
  dynamodb: { Keys: { [TABLE.partitionKey]: { S: FilterRule.isEqual(CHANGE_PARTITION) } } },
});

/** From the change log to the bus: every committed change is announced, in the order of its shard, at least once. */
export class ChangeStream extends Construct {
  constructor(scope: Construct, id: string, props: ChangeStreamProps) {
    super(scope, id);
    const announcer = new RegistryFunction(this, 'Announcer', {
      config: props.config,
      shortName: 'change-stream',
      entry: 'lambdas/agents/change-stream.handler.ts',
      memorySize: 512,
      // Ten PutEvents calls for a full batch, with retries of those entries that the bus refused.
      timeout: Duration.minutes(1),
    });
    props.lifecycleBus.grantPublish(announcer);
    props.registryTable.grantAppendAgain(announcer);
    announcer.fn.addEventSource(
      new DynamoEventSource(props.registryTable.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        filters: [NEW_CHANGES],
        batchSize: 100,
        // The handler throws while any entry is refused, and the shard waits: order is worth more than haste. One bad
        // entry is cut out by halving the batch, and held for at most 6 hours, a quarter of what the stream keeps. Then
        // its place goes to the dead letters and the shard moves on; `republish` replays it from the log (7 days).
        bisectBatchOnError: true,
        retryAttempts: 1_000,
        maxRecordAge: Duration.hours(6),
        onFailure: new SqsDlq(props.deadLetters),
      }),
    );
  }
}
