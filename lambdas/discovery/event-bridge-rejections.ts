import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../agents/contract.ts';
import { MANIFEST_REJECTED } from './contract.ts';
import type { RejectionDetail } from './rejection-schema.ts';

/** Entries of one call (EventBridge quota: 10, and 256 KB together). */
const BATCH = 10;

/**
 * Announces refused manifests on an event bus.
 *
 * @throws Error when the bus refused any of them: all may be announced again
 */
export async function announceRejections(
  client: EventBridgeClient,
  bus: string,
  rejections: readonly RejectionDetail[],
): Promise<void> {
  for (let start = 0; start < rejections.length; start += BATCH) {
    const entries = rejections.slice(start, start + BATCH).map((detail) => ({
      EventBusName: bus,
      Source: EVENT_SOURCE,
      DetailType: MANIFEST_REJECTED,
      Time: new Date(detail.at),
      Detail: JSON.stringify(detail),
    }));
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: entries }));
    const refused = entries.filter((_, index) => !Entries[index]?.EventId).length;
    if (refused > 0) throw new Error(`The event bus refused ${refused} of ${entries.length} rejections`);
  }
}
