/** Where time comes from. Everything that reads the time takes one, so that tests turn the hands themselves. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** `2026-11-21T10:00:00.000Z` for a time in milliseconds. */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
