import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { isObject } from '../agents/merge.ts';
import type { SCHEDULED_POLL } from './contract.ts';

/** What wakes the function, beside the routes of the API: the schedule, and messages of its two queues. */
export type TriggerEvent = typeof SCHEDULED_POLL | SQSEvent;

/** What a message asks for: a poll, or a look at one object. */
interface Message {
  readonly id: string;
  /** Key of the object that an S3 event speaks of (S3 user guide, "EventBridge event message structure"). */
  readonly key?: string;
}

/** What an event asks for. */
export interface Wanted {
  readonly poll: boolean;
  readonly messages: readonly Message[];
}

function keyIn(body: string): string | undefined {
  const event: unknown = JSON.parse(body);
  if (!isObject(event) || !isObject(event.detail) || !isObject(event.detail.object)) return undefined;
  const { key } = event.detail.object;
  return typeof key === 'string' ? key : undefined;
}

/** Reads what an event asks for. A message that names no object is the schedule's, half a minute late. */
export function wantedBy(event: TriggerEvent): Wanted {
  if (!('Records' in event)) return { poll: true, messages: [] };
  const messages = event.Records.map(({ messageId, body }): Message => {
    const key = keyIn(body);
    return { id: messageId, ...(key !== undefined && { key }) };
  });
  return { poll: messages.some(({ key }) => key === undefined), messages };
}

/** The messages that must come again, as Lambda wants to be told (Lambda guide, "Reporting batch item failures"). */
export const messagesToRepeat = (messages: readonly Message[], unsettled: ReadonlySet<string>): SQSBatchResponse => ({
  batchItemFailures: messages
    .filter(({ key }) => key !== undefined && unsettled.has(key))
    .map(({ id }) => ({ itemIdentifier: id })),
});
