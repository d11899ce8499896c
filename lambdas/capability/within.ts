import { setTimeout as timer } from 'node:timers/promises';
import { UnavailableError } from '../shared/errors.ts';

/** Waits, in milliseconds; rejects when the signal is aborted. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;

/** By a timer. */
export const timerSleep: Sleep = (milliseconds, signal) => timer(milliseconds, undefined, { signal });

/** How long something may take. */
export interface TimeLimit {
  readonly milliseconds: number;
  /** What may not take longer, as a sentence begins. */
  readonly what: string;
  readonly sleep: Sleep;
}

/**
 * Waits for some work, but not past its limit. The work itself goes on.
 *
 * @throws UnavailableError when it takes longer; whatever the work throws
 */
export async function within<Result>({ milliseconds, what, sleep }: TimeLimit, work: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const late = sleep(milliseconds, over.signal).then(() => {
    throw new UnavailableError(`${what} took longer than ${milliseconds} ms.`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
