import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  paginateQuery,
} from '@aws-sdk/lib-dynamodb';
import { toStoreError, writingIf } from '../agents/dynamo-failures.ts';
import { getItem } from '../agents/dynamo-get.ts';
import type { Item } from '../agents/dynamo-items.ts';
import { PreconditionFailedError } from '../shared/errors.ts';
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

/** That what is kept is what was read. */
const unchanged = (
  before: StoredService | undefined,
): Pick<PutCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> =>
  before === undefined
    ? { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } }
    : {
        ConditionExpression: '#origin = :origin AND #updatedAt = :updatedAt',
        ExpressionAttributeNames: { '#origin': 'origin', '#updatedAt': 'updatedAt' },
        ExpressionAttributeValues: { ':origin': before.origin, ':updatedAt': before.updatedAt },
      };

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

  async put(service: StoredService, before: StoredService | undefined): Promise<void> {
    const command = new PutCommand({ TableName: this.#table, Item: toItem(service), ...unchanged(before) });
    await this.#unlessChanged(() => this.#client.send(command));
  }

  async remove(before: StoredService): Promise<void> {
    const { id } = before.document;
    const command = new DeleteCommand({ TableName: this.#table, Key: key(id), ...unchanged(before) });
    await this.#unlessChanged(() => this.#client.send(command));
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

  async #unlessChanged(write: () => Promise<unknown>): Promise<void> {
    if (!(await writingIf(write))) throw new PreconditionFailedError('The service has changed.');
  }
}
