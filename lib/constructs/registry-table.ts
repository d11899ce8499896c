import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HEADS_INDEX, REGISTRY_PARTITION, TABLE } from '../../lambdas/agents/contract.ts';
import type { StageConfig } from '../config.ts';
import type { RegistryFunction } from './registry-function.ts';

export interface RegistryTableProps {
  readonly config: StageConfig;
}

/**
 * The one table: heads, layers, names, the change log (shared/ARCHITECTURE, "One table, one change log").
 * Encrypted under DynamoDB's own key, the default: no price per request, and no key policy that could lock data away.
 */
export class RegistryTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { config }: RegistryTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      tableName: config.name,
      partitionKey: { name: TABLE.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE.timeToLive,
      billing: Billing.onDemand(),
      dynamoStream: StreamViewType.NEW_IMAGE,
      globalSecondaryIndexes: [
        {
          indexName: HEADS_INDEX.name,
          partitionKey: { name: HEADS_INDEX.partitionKey, type: AttributeType.STRING },
          sortKey: { name: HEADS_INDEX.sortKey, type: AttributeType.STRING },
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: [...HEADS_INDEX.nonKeyAttributes],
        },
      ],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.retained,
      removalPolicy: config.removalPolicy,
    });
  }

  /**
   * Lets the function read agents, the change log, the `heads` index and the name of the newest base snapshot, and gives
   * it `TABLE_NAME`.
   */
  grantRead(reader: RegistryFunction): void {
    this.grant(reader, ['dynamodb:Query'], [this.table.tableArn, `${this.table.tableArn}/index/${HEADS_INDEX.name}`]);
    this.grant(reader, ['dynamodb:GetItem'], [this.table.tableArn]);
  }

  /**
   * Lets the function commit changes, and gives it `TABLE_NAME`. A transaction has no verb of its own: each of its parts
   * is authorised by the verb that it would need alone.
   */
  grantWrite(writer: RegistryFunction): void {
    const verbs = ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];
    this.grant(writer, verbs, [this.table.tableArn]);
  }

  /** Lets the function count in the registry's own items, such as removals, and nowhere else. */
  grantCount({ role }: RegistryFunction): void {
    role.addToPolicy(this.onRegistryItems('dynamodb:UpdateItem'));
  }

  /** Lets the function append late changes again, along with the head that they belong to, and gives it `TABLE_NAME`. */
  grantAppendAgain(announcer: RegistryFunction): void {
    this.grant(announcer, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [this.table.tableArn]);
  }

  /** Lets the function say which base snapshot is the newest, and write nothing else. */
  grantNameBase({ role }: RegistryFunction): void {
    role.addToPolicy(this.onRegistryItems('dynamodb:PutItem'));
  }

  private onRegistryItems(action: string): PolicyStatement {
    return new PolicyStatement({
      actions: [action],
      resources: [this.table.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [REGISTRY_PARTITION] } },
    });
  }

  private grant({ role, fn }: RegistryFunction, actions: string[], resourceArns: string[]): void {
    Grant.addToPrincipal({ grantee: role, actions, resourceArns }).assertSuccess();
    fn.addEnvironment('TABLE_NAME', this.table.tableName);
  }
}
