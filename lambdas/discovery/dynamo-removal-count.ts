import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { REGISTRY_PARTITION } from '../agents/contract.ts';
import { writingIf } from '../agents/dynamo-failures.ts';
import { getItem } from '../agents/dynamo-get.ts';
import { AT_ONCE_MS } from './removal-guard.ts';
import type { RemovalCount } from './vanished-manifests.ts';

/**
 * Removals of a source within a window that the first of them opens: one item, `REGISTRY`, `REMOVALS#source`.
 * A count whose answer was lost is counted again: it errs on the side of holding back.
 */
export class DynamoRemovalCount implements RemovalCount {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #key: { readonly pk: string; readonly sk: string };

  constructor(client: DynamoDBDocumentClient, table: string, source: string) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: REGISTRY_PARTITION, sk: `REMOVALS#${source}` };
  }

  async take(limit: number, now: number): Promise<boolean> {
    // Somebody else may open the window between our two calls: then there is one to count in.
    return (await this.#count(limit, now)) || (await this.#open(now)) || (await this.#count(limit, now));
  }

  async recent(now: number): Promise<number> {
    const item = await getItem(this.#client, this.#table, this.#key);
    return item !== undefined && (item.since as number) > now - AT_ONCE_MS ? (item.count as number) : 0;
  }

  #count(limit: number, now: number): Promise<boolean> {
    return writingIf(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: this.#key,
          UpdateExpression: 'SET #count = #count + :one',
          ConditionExpression: '#since > :start AND #count < :limit',
          ExpressionAttributeNames: { '#count': 'count', '#since': 'since' },
          ExpressionAttributeValues: { ':one': 1, ':start': now - AT_ONCE_MS, ':limit': limit },
        }),
      ),
    );
  }

  #open(now: number): Promise<boolean> {
    return writingIf(() =>
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: { ...this.#key, since: now, count: 1 },
          ConditionExpression: 'attribute_not_exists(#pk) OR #since <= :start',
          ExpressionAttributeNames: { '#pk': 'pk', '#since': 'since' },
          ExpressionAttributeValues: { ':start': now - AT_ONCE_MS },
        }),
      ),
    );
  }
}
