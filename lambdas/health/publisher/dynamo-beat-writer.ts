import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { classify, toStoreError } from '../../agents/dynamo-failures.ts';
import { getItem } from '../../agents/dynamo-get.ts';
import { keys } from '../../agents/dynamo-items.ts';
import { type Clock, isoTime, systemClock } from '../../shared/clock.ts';
import { type Beat, foldBeat } from '../beats/beat.ts';
import { beatUpdate } from '../beats/dynamo-beat-item.ts';
import { toldBy, validateHeartbeat } from '../beats/heartbeat.ts';
import { toBeat } from '../beats/to-beat.ts';
import type { BeatOutcome, BeatWriter, HeartbeatPayload } from './beat-writer.ts';
import { DynamoServiceClock } from './dynamo-service-clock.ts';

export interface DynamoBeatWriterProps {
  /** A client of this writer's own: it listens to the service's clock. */
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** Whether to stay with the first life of the agent that is met. @default - one that is registered anew is beaten for */
  readonly pinned?: boolean;
  /** The machine's. */
  readonly clock?: Clock;
}

const UNREGISTERED: BeatOutcome = { outcome: 'unregistered' };

/**
 * The beats of one agent, written by itself to its item of the registry table: one conditional UpdateItem of one write unit each,
 * under a role that may do nothing else, and to no other item. What is there is read once, and again when a write was
 * refused or nobody knows what became of it.
 */
export class DynamoBeatWriter implements BeatWriter {
  readonly #props: DynamoBeatWriterProps;
  readonly #clock: Clock;
  /** The newest beat as far as is known; `undefined`: it has to be read. */
  #known: Beat | undefined;
  /** The life that this writer stays with. */
  #incarnation: string | undefined;
  /** A write of which nobody knows what became. */
  #lost: { readonly heartbeat: HeartbeatPayload; readonly beat: Beat } | undefined;

  constructor(props: DynamoBeatWriterProps) {
    this.#props = props;
    this.#clock = new DynamoServiceClock(props.client, props.clock ?? systemClock);
  }

  async write(heartbeat: HeartbeatPayload): Promise<BeatOutcome> {
    const told = toldBy(validateHeartbeat(heartbeat));
    const { agentId } = heartbeat;
    const before = this.#known?.agentId === agentId ? this.#known : await this.#read(agentId);
    if (before === undefined || !this.#isOurs(before)) return this.#forget();
    if (this.#lost?.heartbeat === heartbeat && this.#lost.beat.at === before.at) return taken(before);
    const said = { ...told, at: this.#clock.now() };
    const beat = foldBeat(before, said);
    const replaced = await this.#put(beat, heartbeat);
    // There is another life by now, or none. This beat was of the one before; the next one is of what is there then.
    if (replaced === undefined) return this.#forget();
    // Another writer's beat came between, and what it added is missing in ours: the next one has it again.
    this.#known = replaced.at === before.at || replaced.at === beat.at ? beat : foldBeat(replaced, said);
    return taken(beat);
  }

  async #read(agentId: string): Promise<Beat | undefined> {
    const { client, table } = this.#props;
    const item = await getItem(client, table, keys.beat(agentId));
    return item && toBeat(agentId, item);
  }

  #isOurs({ incarnation }: Beat): boolean {
    this.#incarnation ??= incarnation;
    return this.#props.pinned !== true || this.#incarnation === incarnation;
  }

  #forget(): BeatOutcome {
    this.#known = undefined;
    return UNREGISTERED;
  }

  /** @returns what was there before; `undefined`: there is no such agent, or it lives another life */
  async #put(beat: Beat, heartbeat: HeartbeatPayload): Promise<Beat | undefined> {
    const { client, table } = this.#props;
    this.#known = undefined;
    try {
      const update = new UpdateCommand({ ...beatUpdate(table, beat), ReturnValues: 'ALL_OLD' });
      const { Attributes = {} } = await client.send(update);
      this.#lost = undefined;
      return toBeat(beat.agentId, Attributes);
    } catch (error) {
      if (classify(error).kind === 'condition') return undefined;
      this.#lost = { heartbeat, beat };
      throw toStoreError(error);
    }
  }
}

const taken = ({ at = 0, ttl = 0 }: Beat): BeatOutcome => ({
  outcome: 'taken',
  expiresAt: isoTime(at + ttl * 1_000),
});
