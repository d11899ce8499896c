import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Head } from './agent-record.ts';
import { CommitConflictError } from './agent-store.ts';
import type { Change } from './change.ts';
import { classify, toStoreError } from './dynamo-failures.ts';
import { getHead, getItem } from './dynamo-get.ts';
import { changeItem, keys, toChange } from './dynamo-items.ts';
import { unchangedHead } from './dynamo-transaction.ts';
import type { LateChangeStore } from './late-changes.ts';

/** The registry table, as appending late changes again needs it. */
export class DynamoLateChangeStore implements LateChangeStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async head(agentId: string): Promise<Head | undefined> {
    return getHead(this.#client, this.#table, agentId);
  }

  async change(id: string): Promise<Change | undefined> {
    const item = await getItem(this.#client, this.#table, keys.change(id));
    return item && toChange(item);
  }

  async append(late: Change, copies: readonly Change[], head: Head): Promise<void> {
    const TableName = this.#table;
    const guard = unchangedHead(head);
    const newest = {
      TableName,
      Key: keys.head(head.id),
      UpdateExpression: 'SET #changeId = :newest',
      ...guard,
      ExpressionAttributeValues: { ...guard.ExpressionAttributeValues, ':newest': copies.at(-1)?.id },
    };
    const mark = {
      TableName,
      Key: keys.change(late.id),
      UpdateExpression: 'SET #copiedAs = :copy',
      ConditionExpression: 'attribute_exists(#pk) AND attribute_not_exists(#copiedAs)',
      ExpressionAttributeNames: { '#pk': 'pk', '#copiedAs': 'copiedAs' },
      ExpressionAttributeValues: { ':copy': copies[0]?.id },
    };
    const puts = copies.map((copy) => ({ Put: { TableName, Item: changeItem(copy) } }));
    try {
      await this.#client.send(
        new TransactWriteCommand({ TransactItems: [{ Update: newest }, { Update: mark }, ...puts] }),
      );
    } catch (error) {
      const failure = classify(error);
      // The mark is there already: the stream has delivered this entry before.
      if (failure.kind === 'condition' && failure.item === 1) return;
      if (failure.kind === 'condition' || failure.kind === 'contention') {
        throw new CommitConflictError('head', { cause: error });
      }
      throw toStoreError(error);
    }
  }
}
