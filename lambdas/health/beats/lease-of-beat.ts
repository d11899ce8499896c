/** A stamp further ahead of the registry's clock than this, in milliseconds, is none. */
export const MAX_AHEAD_MS = 5_000;

/** What is further from the epoch than this is not even a wrong stamp: it could not be asked for again as it is. */
export const MAX_STAMP = Number.MAX_SAFE_INTEGER;

/** Each result takes so many numbers of `recent`: a power of two above the outcomes, so that stamps stay whole. */
export const RESULT_STEP = 4;

/** When a beat was sent that `recent` tells of, in milliseconds since the epoch. */
export const stampOf = (result: number): number => Math.floor(result / RESULT_STEP);

/** What a lease is told by: never by a stored end, which a wrong clock could have put anywhere. */
interface Promised {
  readonly at?: number;
  readonly ttl?: number;
  readonly recent?: readonly number[];
}

/** Whether a stamp can be believed at `now`: both whole milliseconds since the epoch. */
export const isStamp = (at: number, now: number): boolean =>
  Number.isSafeInteger(at) && at >= 0 && at <= now + MAX_AHEAD_MS;

/**
 * When an agent last beat, in milliseconds since the epoch: a beat that is stamped in the future counts as missing, and
 * the newest before it is told. `undefined`: it has never beaten at a time that can be believed. Pure.
 */
export const lastBeat = ({ at, recent = [] }: Promised, now: number): number | undefined =>
  at === undefined || isStamp(at, now) ? at : recent.map(stampOf).findLast((stamp) => isStamp(stamp, now));

/**
 * When the lease of a beat ends, in milliseconds since the epoch: at that moment it is over already. `undefined`: there is
 * no lease, because there is no beat that can be believed. Pure.
 */
export function leaseEnd(beat: Promised, now: number): number | undefined {
  const begun = lastBeat(beat, now);
  return begun === undefined || beat.ttl === undefined ? undefined : begun + beat.ttl * 1_000;
}
