import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Head } from './agent-record.ts';
import type { BeatStamp, Commit, CommitObstacle, Idempotency } from './agent-store.ts';
import { changeItem, headItem, type Item, idempotencyItem, keys, layerItem } from './dynamo-items.ts';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type Put = NonNullable<Write['Put']>;

/** One write of the transaction, and what it means when its condition does not hold. */
export interface GuardedWrite {
  readonly write: Write;
  readonly obstacle: CommitObstacle;
}

/** The revision alone would do for the head; the log entry's id keeps the log of one agent in order. */
export const unchangedHead = ({ revision, changeId }: Pick<Head, 'revision' | 'changeId'>) => ({
  ConditionExpression: '#revision = :expectedRevision AND #changeId = :expectedChange',
  ExpressionAttributeNames: { '#revision': 'revision', '#changeId': 'changeId' },
  ExpressionAttributeValues: { ':expectedRevision': revision, ':expectedChange': changeId },
});

function headPut(TableName: string, { head, digest, expected }: Commit): Put {
  const Item = headItem(head, digest);
  if (expected === undefined) {
    return {
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': 'pk' },
    };
  }
  return { TableName, Item, ...unchangedHead(expected) };
}

const namePut = (TableName: string, normalisedName: string, agentId: string): Put => ({
  TableName,
  Item: { ...keys.name(normalisedName), agentId },
  ConditionExpression: 'attribute_not_exists(#pk) OR #holder = :holder',
  ExpressionAttributeNames: { '#pk': 'pk', '#holder': 'agentId' },
  ExpressionAttributeValues: { ':holder': agentId },
});

/** Keeps an answer where there is none, or only one that has expired at `now` (milliseconds). */
export const idempotencyPut = (TableName: string, idempotency: Idempotency, now: number): Put => ({
  TableName,
  Item: idempotencyItem(idempotency),
  ConditionExpression: 'attribute_not_exists(#pk) OR #expiresAt <= :now',
  ExpressionAttributeNames: { '#pk': 'pk', '#expiresAt': 'expiresAt' },
  ExpressionAttributeValues: { ':now': now / 1000 },
});

const sameBeat = (TableName: string, agentId: string, { incarnation, at }: BeatStamp): Write => ({
  ConditionCheck: {
    TableName,
    Key: keys.beat(agentId),
    ConditionExpression: '#incarnation = :incarnation AND #at = :at',
    ExpressionAttributeNames: { '#incarnation': 'incarnation', '#at': 'at' },
    ExpressionAttributeValues: { ':incarnation': incarnation, ':at': at },
  },
});

/**
 * A commit as one transaction (ARCHITECTURE, "A write is ONE transaction"). The head's condition guards the agent's
 * other items too: nobody writes them without raising its revision.
 */
export function toTransaction(TableName: string, commit: Commit): readonly GuardedWrite[] {
  const { head, change, claimName, releaseName, idempotency, beat, ifBeat } = commit;
  const writes: GuardedWrite[] = [];
  const add = (obstacle: CommitObstacle, write: Write) => writes.push({ write, obstacle });
  const put = (item: Item) => add('head', { Put: { TableName, Item: item } });
  const remove = (key: Item) => add('head', { Delete: { TableName, Key: key } });

  add('head', { Put: headPut(TableName, commit) });
  for (const layer of commit.putLayers) put(layerItem(head.id, layer));
  for (const source of commit.deleteLayers) remove(keys.layer(head.id, source));
  if (releaseName !== undefined) remove(keys.name(releaseName));
  if (claimName !== undefined) add('name', { Put: namePut(TableName, claimName, head.id) });
  if (idempotency) add('idempotency', { Put: idempotencyPut(TableName, idempotency, Date.parse(change.at)) });
  if (beat) put({ ...keys.beat(head.id), ...beat });
  if (beat === null) remove(keys.beat(head.id));
  if (ifBeat) add('beat', sameBeat(TableName, head.id, ifBeat));
  put(changeItem(change));
  return writes;
}
