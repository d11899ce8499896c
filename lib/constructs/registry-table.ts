import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CHANGE_PARTITION, HEADS_INDEX, REGISTRY_PARTITION, TABLE } from '../../lambdas/agents/contract.ts';
import type { CheckKind } from '../../lambdas/health/contract.ts';
import type { StageConfig } from '../config.ts';
import type { RegistryFunction } from './registry-function.ts';

export interface RegistryTableProps {
  readonly config: StageConfig;
}

/** How the partitions of what there are many of begin: agents with their heads and layers, beats, pages of one kind of check. */
export const PARTITIONS = {
  agents: 'AGENT#',
  beats: 'LIVENESS#',
  checks: (kind: CheckKind) => `CHECKS#${kind}#`,
} as const;

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
    this.allow(role, ['dynamodb:UpdateItem'], REGISTRY_PARTITION);
  }

  /** Lets the function append late changes again, along with the head that they belong to, and gives it `TABLE_NAME`. */
  grantAppendAgain(announcer: RegistryFunction): void {
    this.grant(announcer, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [this.table.tableArn]);
  }

  /** Lets the function say which base snapshot is the newest, and write nothing else. */
  grantNameBase({ role }: RegistryFunction): void {
    this.allow(role, ['dynamodb:PutItem'], REGISTRY_PARTITION);
  }

  /** Lets the function read agents, beats, results of checks and what the monitor tells of itself, and gives it `TABLE_NAME`. */
  grantLookUp(reader: RegistryFunction): void {
    this.grant(reader, ['dynamodb:Query', 'dynamodb:GetItem'], [this.table.tableArn]);
  }

  /**
   * Lets the function change agents' health: a head and its entry of the log, on condition that a beat is still the one
   * that it was. What an agent is, layers and names, is out of its reach, as far as IAM can tell: layers share the
   * partition of the head.
   */
  grantSettle({ role }: RegistryFunction): void {
    this.allow(role, ['dynamodb:PutItem'], `${PARTITIONS.agents}*`, CHANGE_PARTITION);
    this.allow(role, ['dynamodb:ConditionCheckItem'], `${PARTITIONS.beats}*`);
  }

  /** Lets the function read beats by the hundred. */
  grantReadBeats({ role }: RegistryFunction): void {
    this.allow(role, ['dynamodb:BatchGetItem'], `${PARTITIONS.beats}*`);
  }

  /** Lets the function replace beats. */
  grantBeat({ role }: RegistryFunction): void {
    this.allow(role, ['dynamodb:UpdateItem'], `${PARTITIONS.beats}*`);
  }

  /** Lets the function keep the results of one kind of check. */
  grantKeepResults({ role }: RegistryFunction, kind: CheckKind): void {
    this.allow(role, ['dynamodb:PutItem'], `${PARTITIONS.checks(kind)}*`);
  }

  /** Lets the function write and delete the registry's own items: leases, and what it tells of itself. */
  grantReport({ role }: RegistryFunction): void {
    this.allow(role, ['dynamodb:PutItem', 'dynamodb:DeleteItem'], REGISTRY_PARTITION);
  }

  /** Within some partitions alone, each by its name or by its beginning and `*`. */
  private allow(role: Role, actions: string[], ...partitions: string[]): void {
    const conditions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } };
    role.addToPolicy(new PolicyStatement({ actions, resources: [this.table.tableArn], conditions }));
  }

  private grant({ role, fn }: RegistryFunction, actions: string[], resourceArns: string[]): void {
    Grant.addToPrincipal({ grantee: role, actions, resourceArns }).assertSuccess();
    fn.addEnvironment('TABLE_NAME', this.table.tableName);
  }
}
