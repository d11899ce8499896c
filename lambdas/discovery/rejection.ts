import { type Clock, isoTime } from '../shared/clock.ts';
import type { RefusedManifest } from './hot-reload-change.ts';
import type { RejectionDetail } from './rejection-schema.ts';
import type { ReloadSource } from './reload-terms.ts';

/** Errors that one event names. */
const MAX_ERRORS = 5;

/** The detail that announces a refusal. */
export const rejectionOf = (source: ReloadSource, refused: RefusedManifest, clock: Clock): RejectionDetail => ({
  version: 1,
  eventId: `${source}:${refused.key}@${refused.etag}`,
  source,
  key: refused.key,
  agentId: refused.agentId,
  step: refused.step,
  reason: refused.reason,
  errors: refused.errors.slice(0, MAX_ERRORS),
  at: isoTime(clock.now()),
});
