/** The share of so many that may be lost at once before it looks like a mistake, or a fault of ours. */
const MAX_SHARE = 0.15;

/** Fewer than this may always be lost: of a handful one is more than a share. */
const MIN_DOUBTED = 3;

/**
 * How many of so many may be lost at once without anybody's word: at most 15 %, but two of any number. Of fewer than 14
 * that is more than the share; else a single one that goes could never go from a small fleet. Pure.
 */
export const lossBudget = (total: number): number => Math.max(MIN_DOUBTED - 1, Math.floor(total * MAX_SHARE));
