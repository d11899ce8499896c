import type { ActivityOf } from '../agents/agent-activity.ts';
import { type Clock, isoTime } from '../shared/clock.ts';
import type { BeatStore } from './beats/beat-store.ts';
import { isStamp } from './beats/lease-of-beat.ts';
import type { CheckResultStore } from './check-results.ts';
import { resultsFrom } from './judging/kept-results.ts';

/** Where it is known when agents were last heard of. */
export interface ActivitySources {
  readonly beats: Pick<BeatStore, 'read'>;
  readonly checks: CheckResultStore;
  readonly clock: Clock;
}

const MINUTE = 60_000;

/** The newest of some times, cut to the minute; `null`: there is none. */
const newest = (times: readonly number[]): string | null =>
  times.length === 0 ? null : isoTime(Math.floor(Math.max(...times) / MINUTE) * MINUTE);

/** Tells of an agent when its newest beat was, and when it was last looked at by a beat or a check. */
export const activityFrom =
  ({ beats, checks, clock }: ActivitySources): ActivityOf =>
  async ({ id, createdAt, monitoring: { healthCheck } }) => {
    const [beat, check] = await Promise.all([beats.read(id), healthCheck && checks.find(healthCheck.type, id)]);
    const now = clock.now();
    const beaten = beat?.at !== undefined && isStamp(beat.at, now) ? [beat.at] : [];
    const known = check && resultsFrom(check, Date.parse(createdAt));
    const checked = (known?.recent ?? []).map(({ timestamp }) => timestamp);
    return { lastActivity: newest(beaten), lastHealthCheck: newest([...beaten, ...checked]) };
  };
