import type { Moment } from './moment.ts';

/** A reading under way. */
interface Reading<Result> {
  readonly begun: Moment;
  readonly result: Promise<Result>;
}

/**
 * One reading at a time, done once for all who ask meanwhile. What happened after a reading began it may have missed: who
 * has to see it waits for the next one, which all who wait share as well.
 */
export class SharedReading<Result> {
  readonly #now: () => Moment;
  readonly #read: (begun: Moment) => Promise<Result>;
  #current: Reading<Result> | undefined;

  /** @param read is told when it began. It has to end some time: others wait for it */
  constructor(now: () => Moment, read: (begun: Moment) => Promise<Result>) {
    this.#now = now;
    this.#read = read;
  }

  /** The result of the reading under way, if it began at a moment that will do; else of one that begins after this call. */
  join(willDo: (begun: Moment) => boolean): Promise<Result> {
    if (this.#current === undefined) return this.#begin();
    if (willDo(this.#current.begun)) return this.#current.result;
    return this.#after(this.#current.result);
  }

  #begin(): Promise<Result> {
    const begun = this.#now();
    const result = this.#read(begun).finally(() => {
      this.#current = undefined;
    });
    this.#current = { begun, result };
    return result;
  }

  async #after(earlier: Promise<Result>): Promise<Result> {
    await earlier.catch(() => undefined);
    // The first of those who waited has begun it for all.
    return this.#current?.result ?? this.#begin();
  }
}
