import { type Static, Type } from 'typebox';
import { WatchedMonitoring } from './monitoring-schema.ts';
import { HEALTHS } from './status.ts';

const terms = Type.Array(Type.String());

/** The searchable form of an agent (ARCHITECTURE, "Words"). */
export const AgentDigest = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    type: Type.String(),
    revision: Type.Integer({ minimum: 1 }),
    operatorMode: Type.Enum(['enabled', 'maintenance', 'disabled']),
    health: Type.Enum([...HEALTHS] as ['healthy', 'degraded', 'unhealthy', 'unknown']),
    priority: Type.Integer({ minimum: 1, maximum: 10 }),
    maxConcurrent: Type.Integer({ minimum: 0 }),
    capabilities: Type.Array(Type.String(), { description: 'core and enhancements' }),
    domains: terms,
    actions: terms,
    tools: Type.Optional(Type.Array(Type.String(), { description: 'Absent where the agent inherits all tools.' })),
    description: Type.Optional(
      Type.String({ description: 'How config.description begins: 500 characters at most, fewer beside many terms.' }),
    ),
    monitoring: Type.Optional(WatchedMonitoring),
  },
  { title: 'AgentDigest', additionalProperties: false },
);
export type AgentDigest = Static<typeof AgentDigest>;
