import { type Static, Type } from 'typebox';
import { AgentDigest } from '../../agents/digest-schema.ts';
import { STATES, STATUSES } from '../../agents/status.ts';

/** A digest as callers see it: with both vocabularies of status. */
export const ListedAgent = Type.Object(
  {
    ...AgentDigest.properties,
    status: Type.Enum([...STATUSES], { description: 'May it be routed to.' }),
    state: Type.Enum([...STATES], { description: 'What it is doing.' }),
  },
  { title: 'ListedAgent', additionalProperties: false },
);
export type ListedAgent = Static<typeof ListedAgent>;
