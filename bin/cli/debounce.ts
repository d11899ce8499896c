/** Where waiting comes from; tests turn the hands themselves. */
export interface Timers {
  /** Milliseconds, from whenever. */
  now(): number;
  /** Calls once after so many milliseconds, unless what it returns is called before. */
  start(action: () => void, milliseconds: number): () => void;
}

/** The machine's timers. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  start: (action, milliseconds) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** In milliseconds. */
export interface DebounceOptions {
  /** So long it must have been quiet. */
  readonly quiet: number;
  /** So long after the first call the work begins, quiet or not. */
  readonly most: number;
  readonly timers?: Timers;
}

/**
 * Makes one piece of work of many calls: it begins when it has been quiet for a while, at last after a longer while.
 * Only one runs at a time; calls meanwhile lead to one more.
 */
export class Debounce {
  readonly #work: () => Promise<void>;
  readonly #options: DebounceOptions;
  readonly #timers: Timers;
  #first: number | undefined;
  #cancel: () => void = () => {};
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;

  /** @param work must not throw */
  constructor(work: () => Promise<void>, options: DebounceOptions) {
    this.#work = work;
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
  }

  /** Something happened. */
  touch(): void {
    if (this.#closed) return;
    const { quiet, most } = this.#options;
    const now = this.#timers.now();
    this.#first ??= now;
    this.#cancel();
    this.#cancel = this.#timers.start(() => this.#begin(), Math.min(quiet, Math.max(0, this.#first + most - now)));
  }

  /** Begins no more work, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#running;
  }

  #begin(): void {
    this.#first = undefined;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#work().then(() => {
      this.#running = undefined;
      if (!this.#again || this.#closed) return;
      this.#again = false;
      this.#begin();
    });
  }
}
