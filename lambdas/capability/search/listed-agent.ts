import { type Static, Type } from 'typebox';
import { AgentDigest } from '../../agents/digest-schema.ts';
import { STATES, STATUSES } from '../../agents/status.ts';

/** What is watched of an agent stands on its own page. */
const { monitoring: _monitoring, ...found } = AgentDigest.properties;

/** A digest as callers see it: what an agent is found by, with both vocabularies of status. */
export const ListedAgent = Type.Object(
  {
    ...found,
    status: Type.Enum([...STATUSES], { description: 'May it be routed to.' }),
    state: Type.Enum([...STATES], { description: 'What it is doing.' }),
  },
  { title: 'ListedAgent', additionalProperties: false },
);
export type ListedAgent = Static<typeof ListedAgent>;
