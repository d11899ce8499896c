import type { Moment } from './moment.ts';

/** A reading under way. */
interface Reading<Result> {
  readonly begun: Moment;
  readonly result: Promise<Result>;
}

/**
 * One reading at a time, done once for all who ask meanwhile. What happened after a reading began it may have missed: who
 * has to see it waits for the next one, which is shared as well.
 */
export class SharedReading<Result> {
  readonly #now: () => Moment;
  readonly #read: (begun: Moment) => Promise<Result>;
  #current: Reading<Result> | undefined;
  /** What all wait for who came too late for the current one. */
  #next: Promise<Result> | undefined;

  /** @param read is told when it began. It has to end some time: others wait for it */
  constructor(now: () => Moment, read: (begun: Moment) => Promise<Result>) {
    this.#now = now;
    this.#read = read;
  }

  /** The result of the reading under way, if it began at a moment that will do; else of one that begins after this call. */
  join(willDo: (begun: Moment) => boolean): Promise<Result> {
    if (this.#current === undefined) return this.#begin();
    if (willDo(this.#current.begun)) return this.#current.result;
    this.#next ??= this.#after(this.#current.result);
    return this.#next;
  }

  #begin(): Promise<Result> {
    const begun = this.#now();
    const result = this.#read(begun).finally(() => {
      this.#current = undefined;
      this.#next = undefined;
    });
    this.#current = { begun, result };
    return result;
  }

  async #after(earlier: Promise<Result>): Promise<Result> {
    await earlier.catch(() => undefined);
    // Somebody who came in between may have begun it.
    return this.#current?.result ?? this.#begin();
  }
}
