/** A stamp further ahead of the registry's clock than this, in milliseconds, is none. */
export const MAX_AHEAD_MS = 5_000;

/** What is further from the epoch than this is not even a wrong stamp: it could not be asked for again as it is. */
export const MAX_STAMP = Number.MAX_SAFE_INTEGER;

/** What a lease is told by: never by a stored end, which a wrong clock could have put anywhere. */
interface Promised {
  readonly at?: number;
  readonly ttl?: number;
}

/** Whether a stamp can be believed at `now`: both whole milliseconds since the epoch. */
export const isStamp = (at: number, now: number): boolean =>
  Number.isSafeInteger(at) && at >= 0 && at <= now + MAX_AHEAD_MS;

/**
 * When the lease of a beat ends, in milliseconds since the epoch: at that moment it is over already. `undefined`: there is
 * no lease, because the agent has never beaten, or its stamp is in the future or no time at all, which counts as none. Pure.
 */
export function leaseEnd({ at, ttl }: Promised, now: number): number | undefined {
  if (at === undefined || ttl === undefined || !isStamp(at, now)) return undefined;
  return at + ttl * 1_000;
}
