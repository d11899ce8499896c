import { copyOfHeads, followLog, type LogCopy, type LogSources, MAX_GAP_MS } from '../agents/follow-log.ts';
import type { Clock } from '../shared/clock.ts';
import { Fleet } from './fleet.ts';

export interface FleetSources extends LogSources {
  readonly clock: Clock;
  /** A clock that is never set. @default - Node's own of this process */
  readonly steady?: Clock;
}

interface Held {
  readonly copy: LogCopy<Fleet>;
  /** When the reading began that brought it up to date. */
  readonly steady: number;
}

/** A warm function's copy of the fleet: from the list of heads first, then by the change log, at a cost of O(changes). */
export class FleetReader {
  readonly #sources: FleetSources;
  readonly #steady: Clock;
  #held: Held | undefined;

  constructor(sources: FleetSources) {
    this.#sources = sources;
    this.#steady = sources.steady ?? performance;
  }

  /**
   * All agents as of now. One at a time: the fleet is the same object each time, changed in place.
   *
   * @throws StoreBusyError, and then the copy is as old as it was
   */
  async fresh(): Promise<Fleet> {
    const { clock } = this.#sources;
    const now = clock.now();
    const steady = this.#steady.now();
    const held = this.#held && now - this.#held.copy.asOf < MAX_GAP_MS ? this.#held : undefined;
    const copy = held?.copy ?? (await copyOfHeads(new Fleet(), this.#sources, now));
    // By the clock that says less: a copy must not run ahead of the time, and then past what others write.
    const elapsed = held ? Math.max(0, Math.min(now - held.copy.asOf, Math.floor(steady - held.steady))) : 0;
    const followed = await followLog(copy, this.#sources, now, elapsed);
    this.#held = { copy: followed.copy, steady };
    return followed.copy.view;
  }
}
