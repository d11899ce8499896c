import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Change } from './change.ts';
import { EVENT_SOURCE } from './contract.ts';
import { detailOf } from './lifecycle-event.ts';
import type { ChangePublisher } from './publish-changes.ts';

/** Announces changes on an event bus. */
export class EventBridgePublisher implements ChangePublisher {
  /** PutEvents takes 10 entries and 256 KB; an entry of ours stays under 8 KB (digest 3, changed fields, names). */
  readonly batchSize = 10;
  readonly #client: EventBridgeClient;
  readonly #bus: string;

  constructor(client: EventBridgeClient, bus: string) {
    this.#client = client;
    this.#bus = bus;
  }

  async publish(changes: readonly Change[]): Promise<readonly number[]> {
    const { Entries = [] } = await this.#client.send(
      new PutEventsCommand({
        Entries: changes.map((change) => ({
          EventBusName: this.#bus,
          Source: EVENT_SOURCE,
          DetailType: change.type,
          Time: new Date(change.at),
          Detail: JSON.stringify(detailOf(change)),
        })),
      }),
    );
    // An answer that says nothing of an entry is no promise that it was taken.
    return changes.flatMap((_, index) => (Entries[index]?.EventId ? [] : [index]));
  }
}
