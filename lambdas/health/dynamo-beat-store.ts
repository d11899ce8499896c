import { BatchGetCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import pRetry from 'p-retry';
import { StoreBusyError } from '../agents/agent-store.ts';
import { reading, writingIf } from '../agents/dynamo-failures.ts';
import { getItem } from '../agents/dynamo-get.ts';
import { type Item, keys } from '../agents/dynamo-items.ts';
import type { Beat } from './beat.ts';
import type { BeatStore } from './beat-store.ts';
import { beatUpdate, toBeat } from './dynamo-beat-item.ts';

/** Keys of one BatchGetItem at most (DynamoDB API reference). */
const BATCH = 100;

/** Batches under way at once. */
const CONCURRENCY = 8;

/** DynamoDB leaves keys over when it throttles: they are asked for again within about two seconds. */
const RETRIES = { retries: 5, minTimeout: 50, maxTimeout: 800, factor: 2, randomize: true };

const PREFIX = keys.beat('').pk;

/** The beats in the registry table. */
export class DynamoBeatStore implements BeatStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(agentId: string): Promise<Beat | undefined> {
    const item = await getItem(this.#client, this.#table, keys.beat(agentId));
    return item && toBeat(agentId, item);
  }

  async readMany(agentIds: readonly string[]): Promise<ReadonlyMap<string, Beat>> {
    const ids = [...new Set(agentIds)];
    const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, n) =>
      ids.slice(n * BATCH, (n + 1) * BATCH),
    );
    const read = await pMap(batches, (batch) => this.#readBatch(batch), { concurrency: CONCURRENCY });
    return new Map(read.flat().map((beat) => [beat.agentId, beat]));
  }

  async #readBatch(ids: readonly string[]): Promise<readonly Beat[]> {
    const found: Item[] = [];
    let left: Item[] = ids.map(keys.beat);
    await pRetry(
      async () => {
        const command = new BatchGetCommand({ RequestItems: { [this.#table]: { Keys: left } } });
        const { Responses, UnprocessedKeys } = await reading(() => this.#client.send(command));
        found.push(...(Responses?.[this.#table] ?? []));
        left = UnprocessedKeys?.[this.#table]?.Keys ?? [];
        if (left.length > 0) throw new StoreBusyError();
      },
      { ...RETRIES, shouldRetry: ({ error }) => error instanceof StoreBusyError },
    );
    return found.map((item) => toBeat(String(item.pk).slice(PREFIX.length), item));
  }

  async write(beat: Beat, after?: number | null): Promise<boolean> {
    const update = beatUpdate(this.#table, beat);
    // `:at` is the new stamp, `#at` the one that is there.
    const follows = after === null ? ' AND attribute_not_exists(#at)' : ' AND #at = :after';
    const guarded = {
      ...update,
      ...(after !== undefined && { ConditionExpression: update.ConditionExpression + follows }),
      ...(typeof after === 'number' && {
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':after': after },
      }),
    };
    return writingIf(() => this.#client.send(new UpdateCommand(guarded)));
  }
}
