import { keys } from '../../agents/dynamo-items.ts';
import type { Beat } from './beat.ts';

/** What a beat writes of its item; the incarnation is registration's. */
const FIELDS = ['at', 'ttl', 'status', 'streak', 'recent', 'metrics', 'checks'] as const;

/**
 * One UpdateItem that puts a beat where there is one of its incarnation. An item that is not there has none: a removed
 * agent is never revived. What the beat does not say of itself any more goes.
 */
export function beatUpdate(TableName: string, beat: Beat) {
  const said = FIELDS.filter((field) => beat[field] !== undefined);
  const unsaid = FIELDS.filter((field) => beat[field] === undefined).map((field) => `#${field}`);
  const set = `SET ${said.map((field) => `#${field} = :${field}`).join(', ')}`;
  return {
    TableName,
    Key: keys.beat(beat.agentId),
    UpdateExpression: unsaid.length === 0 ? set : `${set} REMOVE ${unsaid.join(', ')}`,
    ConditionExpression: '#incarnation = :incarnation',
    ExpressionAttributeNames: Object.fromEntries(['incarnation', ...FIELDS].map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: {
      ':incarnation': beat.incarnation,
      ...Object.fromEntries(said.map((field) => [`:${field}`, beat[field] as unknown])),
    },
  };
}
