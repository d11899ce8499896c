import { type Static, Type } from 'typebox';
import { AgentDigest } from '../agents/digest-schema.ts';

/** A snapshot of all agents, from which a cold reader starts (ARCHITECTURE, "Reading"). Plain JSON. */
export const IndexBase = Type.Object(
  {
    format: Type.Literal(1),
    /** Milliseconds since the epoch: everything committed before is in it. */
    asOf: Type.Integer({ minimum: 0 }),
    /** Milliseconds since the epoch: where reading the log goes on. */
    newest: Type.Integer({ minimum: 0 }),
    agents: Type.Array(AgentDigest),
  },
  { title: 'IndexBase', additionalProperties: false },
);
export type IndexBase = Static<typeof IndexBase>;
