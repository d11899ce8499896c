import { type DynamoDBDocumentClient, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createDocumentClient } from '../shared/aws-clients.ts';
import type { AgentRecord, Head } from './agent-record.ts';
import {
  type AgentStore,
  type Commit,
  CommitConflictError,
  type Idempotency,
  type StoredOutcome,
} from './agent-store.ts';
import { classify, reading, toStoreError } from './dynamo-failures.ts';
import { getHead, getItem } from './dynamo-get.ts';
import { type Item, keys, toHead, toLayer, toOutcome } from './dynamo-items.ts';
import { idempotencyPut, toTransaction } from './dynamo-transaction.ts';

/** The registry table as an {@link AgentStore}: one Query to load an agent, one transaction to commit. */
export class DynamoAgentStore implements AgentStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async load(id: string): Promise<AgentRecord | undefined> {
    const items: Item[] = [];
    let next: Item | undefined;
    do {
      const page = await reading(() =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#table,
            KeyConditionExpression: '#pk = :pk',
            ExpressionAttributeNames: { '#pk': 'pk' },
            ExpressionAttributeValues: { ':pk': keys.agent(id) },
            ConsistentRead: true,
            ExclusiveStartKey: next,
          }),
        ),
      );
      items.push(...(page.Items ?? []));
      next = page.LastEvaluatedKey;
    } while (next);
    const head = items.find(({ sk }) => sk === 'HEAD');
    if (head === undefined) return undefined;
    // LAYER#rank#source sorts from the lowest source to the highest.
    const layers = items.filter(({ sk }) => String(sk).startsWith('LAYER#')).map(toLayer);
    return { head: toHead(head), layers };
  }

  async head(id: string): Promise<Head | undefined> {
    return getHead(this.#client, this.#table, id);
  }

  async nameHolder(normalisedName: string): Promise<string | undefined> {
    const item = await getItem(this.#client, this.#table, keys.name(normalisedName));
    return item?.agentId as string | undefined;
  }

  async outcome(keyHash: string, now: number): Promise<StoredOutcome | undefined> {
    const item = await getItem(this.#client, this.#table, keys.idempotency(keyHash));
    // DynamoDB may take days to delete what has expired.
    return item && (item.expiresAt as number) * 1000 > now ? toOutcome(item) : undefined;
  }

  async commit(commit: Commit): Promise<void> {
    const guarded = toTransaction(this.#table, commit);
    try {
      await this.#client.send(
        // The SDK sends it again when its answer is lost; the token makes that harmless for ten minutes.
        new TransactWriteCommand({
          TransactItems: guarded.map(({ write }) => write),
          ClientRequestToken: commit.change.id,
        }),
      );
    } catch (error) {
      const failure = classify(error);
      if (failure.kind === 'condition') {
        throw new CommitConflictError(guarded[failure.item]?.obstacle ?? 'contention', { cause: error });
      }
      if (failure.kind === 'contention') throw new CommitConflictError('contention', { cause: error });
      throw toStoreError(error);
    }
  }

  async hasChange(id: string): Promise<boolean> {
    return (await getItem(this.#client, this.#table, keys.change(id))) !== undefined;
  }

  async keepOutcome(idempotency: Idempotency, now: number): Promise<void> {
    try {
      await this.#client.send(new PutCommand(idempotencyPut(this.#table, idempotency, now)));
    } catch (error) {
      if (classify(error).kind === 'condition') throw new CommitConflictError('idempotency', { cause: error });
      throw toStoreError(error);
    }
  }
}

/** The agents of a stage, by the ambient credentials. */
export const agentsOf = (table: string): DynamoAgentStore => new DynamoAgentStore(createDocumentClient(), table);
