import type { Clock } from '../shared/clock.ts';
import { GoneError, ValidationError } from '../shared/errors.ts';
import { upToBytes } from '../shared/http/up-to-bytes.ts';
import { firstUlidOf } from '../shared/ids.ts';
import { CHANGE_DAYS, type Change, type ChangeLog } from './change.ts';
import type { ChangeFeed } from './change-feed-schema.ts';

/**
 * An entry is shown once it is this old, in milliseconds. What commits two seconds after its id is late and is appended
 * again; the rest is for clocks that differ.
 */
export const SETTLE_MS = 2_500;

/** A cursor this far ahead, in milliseconds, never came from this feed. */
const MAX_AHEAD_MS = 60_000;

const KEPT_MS = CHANGE_DAYS * 24 * 60 * 60 * 1000;

/** What a reader of the feed asks. */
export interface FeedQuery {
  /** A cursor; absent: the oldest entry that is kept. */
  readonly since?: string | undefined;
  /** Entries at most. */
  readonly limit: number;
}

const CURSOR = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

function startOf(since: string | undefined, now: number): string {
  const oldest = firstUlidOf(now - KEPT_MS);
  if (since === undefined) return oldest;
  if (!CURSOR.test(since) || since > firstUlidOf(now + MAX_AHEAD_MS))
    throw ValidationError.of('since', 'cursor', 'must be a cursor of this feed');
  if (since < oldest) throw new GoneError(`The feed keeps ${CHANGE_DAYS} days; start anew from the list of agents.`);
  return since;
}

const toEntry = ({ copyOf: _copyOf, ...change }: Change): ChangeFeed['changes'][number] => ({
  ...change,
  changedFields: [...change.changedFields],
});

/**
 * The settled entries after a cursor, oldest first. A reader that has seen all gets a cursor that stands at the
 * settled end, so that it does not age while nothing happens.
 *
 * @throws ValidationError when `since` is no cursor; GoneError when it is older than what is kept
 */
export async function readFeed(log: ChangeLog, clock: Clock, { since, limit }: FeedQuery): Promise<ChangeFeed> {
  const now = clock.now();
  const start = startOf(since, now);
  const end = firstUlidOf(now - SETTLE_MS);
  const found: Change[] = [];
  if (start < end) {
    for await (const page of log.read(start, { to: end, pageSize: limit + 1 })) {
      found.push(...page.filter(({ id }) => id !== since));
      if (found.length >= limit) break;
    }
  }
  const changes = [...upToBytes(found.slice(0, limit).map(toEntry))];
  const last = changes.at(-1)?.id ?? start;
  const caughtUp = found.length < limit && changes.length === found.length;
  return { changes, cursor: caughtUp && last < end ? end : last };
}
