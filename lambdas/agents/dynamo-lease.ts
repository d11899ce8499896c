import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { writingIf } from './dynamo-failures.ts';
import { getItem } from './dynamo-get.ts';
import { keys } from './dynamo-items.ts';
import type { Lease } from './lease.ts';

export interface DynamoLeaseProps {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** What is done under the lease, such as `hot-reload`. */
  readonly name: string;
  /** Who takes it: no two takers have the same. */
  readonly owner: string;
  /** Milliseconds after which whoever is silent has lost it. */
  readonly length: number;
}

/** A lease as one item of the table: `REGISTRY`, `LEASE#name`. Throws `StoreBusyError` when the table is out of reach. */
export class DynamoLease implements Lease {
  readonly #props: DynamoLeaseProps;

  constructor(props: DynamoLeaseProps) {
    this.#props = props;
  }

  async take(now: number): Promise<boolean> {
    const { client, table, owner, length } = this.#props;
    const put = new PutCommand({
      TableName: table,
      Item: { ...this.#key(), owner, until: now + length },
      ConditionExpression: 'attribute_not_exists(#pk) OR #until <= :now OR #owner = :owner',
      ExpressionAttributeNames: { '#pk': 'pk', '#until': 'until', '#owner': 'owner' },
      ExpressionAttributeValues: { ':now': now, ':owner': owner },
    });
    return writingIf(() => client.send(put));
  }

  async release(): Promise<void> {
    const { client, table, owner } = this.#props;
    const remove = new DeleteCommand({
      TableName: table,
      Key: this.#key(),
      ConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': owner },
    });
    await writingIf(() => client.send(remove));
  }

  async isTaken(now: number): Promise<boolean> {
    const item = await getItem(this.#props.client, this.#props.table, this.#key());
    return item !== undefined && (item.until as number) > now;
  }

  #key() {
    return keys.registry(`LEASE#${this.#props.name}`);
  }
}
