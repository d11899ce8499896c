/** Seconds of life that a beat may promise, and those of one that does not say. */
export const TTL_SECONDS = { min: 10, max: 86_400, default: 90 } as const;

/** Measurements, and findings of its own, that a beat may carry. */
export const MAX_METRICS = 20;
export const MAX_CHECKS = 10;

/** Heartbeats in one call. */
export const MAX_BATCH = 100;

/** Seconds that an operator's word counts. */
export const OVERRIDE_SECONDS = { min: 60, max: 86_400, default: 900 } as const;
