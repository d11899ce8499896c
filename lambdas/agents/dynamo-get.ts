import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { reading } from './dynamo-failures.ts';
import type { Item } from './dynamo-items.ts';

/** One item of the table, read consistently. Throws what {@link reading} throws. */
export async function getItem(client: DynamoDBDocumentClient, table: string, key: Item): Promise<Item | undefined> {
  const { Item: item } = await reading(() =>
    client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true })),
  );
  return item;
}
