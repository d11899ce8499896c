import { type Static, Type } from 'typebox';
import { ProblemDocument } from '../shared/http/problem-schema.ts';
import { RELOAD_SOURCES, VALIDATION_STEPS } from './reload-terms.ts';

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
