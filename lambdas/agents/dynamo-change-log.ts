import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Change, ChangeLog, HeadList } from './change.ts';
import { CHANGE_PARTITION, HEADS_INDEX } from './contract.ts';
import type { AgentDigest } from './digest-schema.ts';
import { reading } from './dynamo-failures.ts';
import { HEAD_SHARDS, headShard, type Item, toChange } from './dynamo-items.ts';

type QueryPage = ConstructorParameters<typeof QueryCommand>[0];

/** The pages of a Query, to the last. */
async function* pages(client: DynamoDBDocumentClient, query: QueryPage): AsyncGenerator<readonly Item[]> {
  let next: Item | undefined;
  do {
    const start = next;
    const page = await reading(() => client.send(new QueryCommand({ ...query, ExclusiveStartKey: start })));
    yield page.Items ?? [];
    next = page.LastEvaluatedKey;
  } while (next);
}

/** Sorts after every ULID: their alphabet ends at `Z`. */
const AFTER_ALL = '~';

/** The change log: one consistent Query from an id on, a read unit for each 4 KB of what it finds. */
export class DynamoChangeLog implements ChangeLog {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async newestId(): Promise<string | undefined> {
    const query: QueryPage = {
      TableName: this.#table,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': 'pk' },
      ExpressionAttributeValues: { ':pk': CHANGE_PARTITION },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: 1,
    };
    for await (const [newest] of pages(this.#client, query)) return newest?.id as string | undefined;
    return undefined;
  }

  async *read(
    from: string,
    { to = AFTER_ALL, pageSize }: Parameters<ChangeLog['read']>[1] = {},
  ): AsyncGenerator<readonly Change[]> {
    const query: QueryPage = {
      TableName: this.#table,
      // BETWEEN includes its upper end, which no entry has: callers give the first ULID of a millisecond.
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
      ExpressionAttributeValues: { ':pk': CHANGE_PARTITION, ':from': from, ':to': to },
      ConsistentRead: true,
      ...(pageSize !== undefined && { Limit: pageSize }),
    };
    for await (const items of pages(this.#client, query)) yield items.map(toChange).filter(({ id }) => id !== to);
  }
}

/** The sparse index of all living agents, its shards read side by side. Eventually consistent, as indexes are. */
export class DynamoHeadList implements HeadList {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async *readAll(): AsyncGenerator<readonly AgentDigest[]> {
    const shards = Array.from({ length: HEAD_SHARDS }, (_, n) => this.#readShard(headShard(n)));
    for (const digests of await Promise.all(shards)) yield digests;
  }

  async #readShard(shard: string): Promise<AgentDigest[]> {
    const query: QueryPage = {
      TableName: this.#table,
      IndexName: HEADS_INDEX.name,
      KeyConditionExpression: '#shard = :shard',
      ExpressionAttributeNames: { '#shard': HEADS_INDEX.partitionKey },
      ExpressionAttributeValues: { ':shard': shard },
    };
    const digests: AgentDigest[] = [];
    for await (const items of pages(this.#client, query)) {
      digests.push(...items.map(({ digest }) => JSON.parse(digest as string) as AgentDigest));
    }
    return digests;
  }
}
