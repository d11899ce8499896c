import { type Static, Type } from 'typebox';
import { ListedAgent } from './listed-agent.ts';

/** One page of the list (CONTRACT.md, "List"). */
export const AgentPage = Type.Object(
  {
    agents: Type.Array(ListedAgent),
    total: Type.Integer({ minimum: 0, description: 'Agents that match, on all pages.' }),
    nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
  },
  { title: 'AgentPage', additionalProperties: false },
);
export type AgentPage = Static<typeof AgentPage>;
