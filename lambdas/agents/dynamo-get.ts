import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Head } from './agent-record.ts';
import { reading } from './dynamo-failures.ts';
import { type Item, keys, toHead } from './dynamo-items.ts';

/** One item of the table, read consistently. Throws what {@link reading} throws. */
export async function getItem(client: DynamoDBDocumentClient, table: string, key: Item): Promise<Item | undefined> {
  const { Item: item } = await reading(() =>
    client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true })),
  );
  return item;
}

/** An agent's head or tombstone alone. Throws what {@link reading} throws. */
export async function getHead(client: DynamoDBDocumentClient, table: string, id: string): Promise<Head | undefined> {
  const item = await getItem(client, table, keys.head(id));
  return item && toHead(item);
}
