import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { REGISTRY_PARTITION } from '../agents/contract.ts';
import { toStoreError } from '../agents/dynamo-failures.ts';
import { getItem } from '../agents/dynamo-get.ts';
import type { AllCounts, ReloadCountStore } from './reload-counts.ts';

/** The singleton item of hot reload (ARCHITECTURE, "One table"): small, one write unit a poll. */
const KEY = { pk: REGISTRY_PARTITION, sk: 'HOT_RELOAD' };

export class DynamoReloadCounts implements ReloadCountStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async load(): Promise<AllCounts> {
    const item = await getItem(this.#client, this.#table, KEY);
    return (item?.sources ?? {}) as AllCounts;
  }

  async save(sources: AllCounts): Promise<void> {
    try {
      await this.#client.send(new PutCommand({ TableName: this.#table, Item: { ...KEY, sources } }));
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
