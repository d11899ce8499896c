import { type Static, Type } from 'typebox';
import { ID_PATTERN } from '../agents/agent-fields.ts';

/** The largest revision that a request may name: fifteen digits, which a JSON number holds exactly. */
const MAX_REVISION = 999_999_999_999_999;

/** A write that a read has to have seen: the agent at this revision or a later one, be it that of its tombstone. */
export const MinRevision = Type.Object(
  {
    agentId: Type.String({ pattern: ID_PATTERN }),
    revision: Type.Integer({ minimum: 1, maximum: MAX_REVISION }),
  },
  { title: 'MinRevision', additionalProperties: false, description: 'Answer as of this write at least, or 503.' },
);
export type MinRevision = Static<typeof MinRevision>;
