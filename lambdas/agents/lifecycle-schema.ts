import { type Static, Type } from 'typebox';
import { AgentDigest } from './digest-schema.ts';

/**
 * Detail of every event that the registry announces (CONTRACT.md, "Event detail"; second specification, "EventBridge
 * Integration"). `version` is that of this schema: fields may be added under 1, never changed or taken away. Events
 * come at least once and perhaps out of order; a consumer keeps the highest `revision` of each agent.
 */
export const LifecycleDetail = Type.Object(
  {
    version: Type.Literal(1),
    eventId: Type.String({ description: 'agentId#revision: the same for each delivery of one change.' }),
    agentId: Type.String(),
    revision: Type.Integer({ minimum: 1 }),
    at: Type.String({ format: 'date-time' }),
    actor: Type.String({ description: 'The verified principal that caused it.' }),
    reason: Type.String(),
    changedFields: Type.Array(Type.String(), { description: 'Dotted paths; empty for an agent that came or went.' }),
    digest: AgentDigest,
  },
  { title: 'LifecycleDetail', additionalProperties: false },
);
export type LifecycleDetail = Static<typeof LifecycleDetail>;
