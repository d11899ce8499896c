/** Seconds of life that a beat may promise, and those of one that does not say. */
export const TTL_SECONDS = { min: 10, max: 86_400, default: 90 } as const;

/** Measurements, and findings of its own, that a beat may carry. */
export const MAX_METRICS = 20;
export const MAX_CHECKS = 10;

/** Whether a value is a measurement that is kept: a number from -1e15 to 1e15. What else metrics say is left out. */
export const isMetric = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 1e15;

/**
 * Bytes of metrics and checks together, as the table counts them. The rest of a beat's item has 352 at most, with an id
 * of 128 characters: all of it stays within the 1,024 of one write unit.
 */
export const MAX_TOLD_BYTES = 672;

/** Heartbeats in one call. */
export const MAX_BATCH = 100;

/** Seconds that an operator's word counts. */
export const OVERRIDE_SECONDS = { min: 60, max: 86_400, default: 900 } as const;
