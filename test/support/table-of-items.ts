import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Item } from '../../lambdas/agents/dynamo-items.ts';

const keyOf = ({ pk, sk }: Item): string => `${pk} ${sk}`;

/**
 * Lets every client read and write items in memory, all conditions taken for true: enough to see how a function is put
 * together. What a table does with conditions is tested on one.
 *
 * @returns the items, by `pk sk`
 */
export function tableOfItems(): Map<string, Item> {
  const stub = mockClient(DynamoDBDocumentClient);
  const items = new Map<string, Item>();
  const put = (item: Item = {}) => void items.set(keyOf(item), structuredClone(item));
  const remove = (key: Item = {}) => void items.delete(keyOf(key));
  const of = (pk: unknown) => [...items.values()].filter((item) => item.pk === pk);
  stub.on(GetCommand).callsFake(({ Key }) => ({ Item: items.get(keyOf(Key)) }));
  stub.on(QueryCommand).callsFake(({ ExpressionAttributeValues }) => ({ Items: of(ExpressionAttributeValues[':pk']) }));
  stub.on(PutCommand).callsFake(({ Item }) => put(Item));
  stub.on(DeleteCommand).callsFake(({ Key }) => remove(Key));
  stub.on(UpdateCommand).resolves({});
  stub
    .on(TransactWriteCommand)
    .callsFake(({ TransactItems }: { TransactItems: { Put?: { Item: Item }; Delete?: { Key: Item } }[] }) => {
      for (const { Put, Delete } of TransactItems) {
        if (Put) put(Put.Item);
        if (Delete) remove(Delete.Key);
      }
      return {};
    });
  return items;
}
