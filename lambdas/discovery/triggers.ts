import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { isObject } from '../agents/merge.ts';
import { SCHEDULED_POLL } from './contract.ts';

/** What wakes the function, beside the routes of the API: the schedule, and messages of its two queues. */
export type TriggerEvent = typeof SCHEDULED_POLL | SQSEvent;

/** What a message asks for: a poll, or a look at one object; one that cannot be read asks for nothing. */
type Message =
  | { readonly id: string; readonly asks: 'poll' | 'nothing' }
  /** Key of the object that an S3 event speaks of (S3 user guide, "EventBridge event message structure"). */
  | { readonly id: string; readonly asks: 'look'; readonly key: string };

/** What an event asks for. */
export interface Wanted {
  readonly poll: boolean;
  readonly messages: readonly Message[];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function messageOf({ messageId: id, body }: SQSRecord): Message {
  const event = parsed(body);
  if (!isObject(event)) return { id, asks: 'nothing' };
  if (event.trigger === SCHEDULED_POLL.trigger) return { id, asks: 'poll' };
  const { object } = isObject(event.detail) ? event.detail : {};
  const { key } = isObject(object) ? object : {};
  return typeof key === 'string' && key !== '' ? { id, asks: 'look', key } : { id, asks: 'nothing' };
}

/** Reads what an event asks for. */
export function wantedBy(event: TriggerEvent): Wanted {
  if (!('Records' in event)) return { poll: true, messages: [] };
  const messages = event.Records.map(messageOf);
  return { poll: messages.some(({ asks }) => asks === 'poll'), messages };
}

/** The keys of the objects to look at. */
export const keysIn = (messages: readonly Message[]): string[] =>
  messages.flatMap((message) => (message.asks === 'look' ? [message.key] : []));

/**
 * The messages that must come again, as Lambda wants to be told (Lambda guide, "Reporting batch item failures"). One
 * that cannot be read never holds up the others: it comes again until it is among the dead letters, where it is seen.
 */
export const messagesToRepeat = (messages: readonly Message[], unsettled: ReadonlySet<string>): SQSBatchResponse => ({
  batchItemFailures: messages
    .filter((message) => message.asks === 'nothing' || (message.asks === 'look' && unsettled.has(message.key)))
    .map(({ id }) => ({ itemIdentifier: id })),
});
