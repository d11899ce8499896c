import { type Static, Type } from 'typebox';
import { DETAIL_TYPES } from './contract.ts';
import { AgentDigest } from './digest-schema.ts';

/** One entry of the feed (CONTRACT.md, "Changes"). */
export const FeedEntry = Type.Object(
  {
    id: Type.String({
      description:
        'ULID. An entry that committed late comes again under another id, perhaps behind newer ones of its agent: keep the highest revision of each agentId.',
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
