import { BatchGetCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import pRetry from 'p-retry';
import { StoreBusyError } from '../../agents/agent-store.ts';
import { reading, writingIf } from '../../agents/dynamo-failures.ts';
import { getItem } from '../../agents/dynamo-get.ts';
import { type Item, keys } from '../../agents/dynamo-items.ts';
import type { Beat } from './beat.ts';
import type { BeatStore } from './beat-store.ts';
import { beatUpdate } from './dynamo-beat-item.ts';
import { MAX_STAMP } from './lease-of-beat.ts';
import { toBeat } from './to-beat.ts';

/** Keys of one BatchGetItem at most (DynamoDB API reference). */
const BATCH = 100;

/** Batches under way at once. */
const CONCURRENCY = 8;

/** DynamoDB leaves keys over when it throttles: they are asked for again within about two seconds. */
const RETRIES = { retries: 5, minTimeout: 50, maxTimeout: 800, factor: 2, randomize: true };

const PREFIX = keys.beat('').pk;

/** The update only where the stamp that is there (`#at`) is the one which it follows. */
function followingBeat(update: ReturnType<typeof beatUpdate>, after: number | null) {
  // An agent can have put there itself what is no stamp at all.
  const none = '(attribute_not_exists(#at) OR NOT #at BETWEEN :first AND :last)';
  const values = after === null ? { ':first': -MAX_STAMP, ':last': MAX_STAMP } : { ':after': after };
  return {
    ConditionExpression: `${update.ConditionExpression} AND ${after === null ? none : '#at = :after'}`,
    ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...values },
  };
}

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
    const guarded = after === undefined ? update : { ...update, ...followingBeat(update, after) };
    return writingIf(() => this.#client.send(new UpdateCommand(guarded)));
  }
}
