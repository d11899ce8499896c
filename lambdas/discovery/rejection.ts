import { type Static, Type } from 'typebox';
import { type Clock, isoTime } from '../shared/clock.ts';
import { ProblemDocument } from '../shared/http/problem-schema.ts';
import type { RefusedManifest } from './hot-reload-change.ts';
import { RELOAD_SOURCES, type ReloadSource, VALIDATION_STEPS } from './reload-status.ts';

/**
 * Detail of the event `ManifestRejected`: a manifest did not pass a step of validation, and what it would have changed
 * goes on as it was. It comes at least once for each version that is refused.
 */
export const RejectionDetail = Type.Object(
  {
    version: Type.Literal(1),
    eventId: Type.String({ description: 'source:key@etag: the same for each delivery of one refusal.' }),
    source: Type.Enum([...RELOAD_SOURCES]),
    key: Type.String(),
    agentId: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    step: Type.Enum([...VALIDATION_STEPS]),
    reason: Type.String(),
    errors: Type.Array(ProblemDocument.properties.errors.items),
    at: Type.String({ format: 'date-time' }),
  },
  { title: 'RejectionDetail', additionalProperties: false },
);
export type RejectionDetail = Static<typeof RejectionDetail>;

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
