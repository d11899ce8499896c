import { type Static, Type } from 'typebox';
import type { Clock } from '../shared/clock.ts';
import { GoneError, ValidationError } from '../shared/errors.ts';
import { firstUlidOf } from '../shared/ids.ts';
import { CHANGE_DAYS, type Change, type ChangeLog } from './change.ts';
import { DETAIL_TYPES } from './contract.ts';
import { AgentDigest } from './digest.ts';

/** An entry is shown once it is this old, in milliseconds: what commits later is late and is appended again. */
export const SETTLE_MS = 2_000;

const KEPT_MS = CHANGE_DAYS * 24 * 60 * 60 * 1000;

/** One entry of the feed (CONTRACT.md, "Changes"). */
export const FeedEntry = Type.Object(
  {
    id: Type.String({
      description: 'ULID; an entry may come again under another, so (agentId, revision) tells changes apart.',
    }),
    agentId: Type.String(),
    revision: Type.Integer({ minimum: 1 }),
    type: Type.Enum([...DETAIL_TYPES]),
    at: Type.String({ format: 'date-time' }),
    actor: Type.String(),
    reason: Type.String(),
    changedFields: Type.Array(Type.String()),
    digest: AgentDigest,
  },
  { title: 'FeedEntry', additionalProperties: false },
);

/** A page of the feed. */
export const ChangeFeed = Type.Object(
  {
    changes: Type.Array(FeedEntry),
    cursor: Type.String({ description: '`since` of the next request; always there.' }),
  },
  { title: 'ChangeFeed', additionalProperties: false },
);
export type ChangeFeed = Static<typeof ChangeFeed>;

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
  if (!CURSOR.test(since)) throw ValidationError.of('since', 'cursor', 'must be a cursor of this feed');
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
  const changes = found.slice(0, limit).map(toEntry);
  const last = changes.at(-1)?.id ?? start;
  const caughtUp = found.length < limit;
  return { changes, cursor: caughtUp && last < end ? end : last };
}
