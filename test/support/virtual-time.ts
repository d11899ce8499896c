import type { TestClock } from './agents.ts';
import { START } from './agents.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** Time that passes when a test lets it: a clock, and waiting by it. Whoever waits wakes in the order of time. */
export class VirtualTime implements TestClock {
  #time: number;
  #sleepers: Sleeper[] = [];

  constructor(start: number = START) {
    this.#time = start;
  }

  now(): number {
    return this.#time;
  }

  /** Turns the hands, and wakes nobody yet. */
  advance(milliseconds: number): void {
    this.#time += milliseconds;
  }

  /** Waits; rejects when the signal is aborted. */
  readonly sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const sleeper: Sleeper = { at: this.#time + milliseconds, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(signal.reason);
      });
    });

  /** Lets so much time pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#time + milliseconds;
    await rest();
    while (await this.#wakeNext(end));
    this.#time = Math.max(this.#time, end);
  }

  /** Lets time pass until some work has come to its end; fails when nobody is left who could do it. */
  async until<Result>(work: Promise<Result>): Promise<Result> {
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    await rest();
    while (!over) {
      if (!(await this.#wakeNext(Number.POSITIVE_INFINITY))) throw new Error('Nobody waits, and nothing happens');
    }
    return work;
  }

  /** How many wait. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  async #wakeNext(end: number): Promise<boolean> {
    const [next] = this.#sleepers.toSorted((a, b) => a.at - b.at);
    if (next === undefined || next.at > end) return false;
    this.#sleepers = this.#sleepers.filter((one) => one !== next);
    this.#time = Math.max(this.#time, next.at);
    next.wake();
    await rest();
    return true;
  }
}

/** Lets all go on that waits for nothing but its turn. */
const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
