import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { classify, toStoreError } from '../agents/dynamo-failures.ts';
import { getItem } from '../agents/dynamo-get.ts';
import type { Item } from '../agents/dynamo-items.ts';
import { serviceConflict } from './service-conflict.ts';
import type { ServiceStore, StoredService } from './service-store.ts';

/** Partition of all services: a few thousand at most, read page by page and written seldom. */
const PARTITION = 'SERVICE';

/** Sorts before every id. */
const BEFORE_ALL = ' ';

const key = (id: string) => ({ pk: PARTITION, sk: id });

/** Kept as JSON text, as the documents of agents are: it comes back as it was. */
const toItem = ({ document, origin, updatedAt }: StoredService): Item => ({
  ...key(document.id),
  origin,
  updatedAt,
  document: JSON.stringify(document),
});

const toStored = ({ document, origin, updatedAt }: Item): StoredService =>
  ({ document: JSON.parse(document as string), origin, updatedAt }) as StoredService;

/** The registry table as a {@link ServiceStore}. */
export class DynamoServiceStore implements ServiceStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(id: string): Promise<StoredService | undefined> {
    const item = await getItem(this.#client, this.#table, key(id));
    return item && toStored(item);
  }

  async put(service: StoredService): Promise<void> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: toItem(service),
      ConditionExpression: 'attribute_not_exists(#pk) OR #origin = :origin',
      ExpressionAttributeNames: { '#pk': 'pk', '#origin': 'origin' },
      ExpressionAttributeValues: { ':origin': service.origin },
    });
    const done = await this.#conditionally(() => this.#client.send(command));
    if (!done) throw serviceConflict(service.document.id);
  }

  async remove(id: string, origin: string): Promise<boolean> {
    const command = new DeleteCommand({
      TableName: this.#table,
      Key: key(id),
      ConditionExpression: '#origin = :origin',
      ExpressionAttributeNames: { '#origin': 'origin' },
      ExpressionAttributeValues: { ':origin': origin },
    });
    return this.#conditionally(() => this.#client.send(command));
  }

  async *pages(after: string = BEFORE_ALL): AsyncGenerator<readonly StoredService[]> {
    const query = {
      TableName: this.#table,
      KeyConditionExpression: '#pk = :pk AND #sk > :after',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
      ExpressionAttributeValues: { ':pk': PARTITION, ':after': after },
      ConsistentRead: true,
    };
    try {
      for await (const { Items = [] } of paginateQuery({ client: this.#client }, query)) yield Items.map(toStored);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Whether the condition of a write held. */
  async #conditionally(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (classify(error).kind === 'condition') return false;
      throw toStoreError(error);
    }
  }
}
