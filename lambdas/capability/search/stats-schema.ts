import { type Static, Type } from 'typebox';

const count = () => Type.Integer({ minimum: 0 });
const distribution = (description: string) =>
  Type.Unsafe<Record<string, number>>({ type: 'object', additionalProperties: { type: 'integer' }, description });

/** Statistics of the registry (CONTRACT.md, "Stats"; `getStats()` and "Registry Statistics" of the specifications). */
export const RegistryStats = Type.Object(
  {
    totalAgents: count(),
    totalCapabilities: count(),
    totalActions: count(),
    totalDomains: count(),
    capabilityDistribution: distribution('Agents by capability.'),
    actionDistribution: distribution('Agents by action.'),
    agentCounts: Type.Object(
      { active: count(), idle: count(), error: count(), maintenance: count() },
      { additionalProperties: false, description: 'Agents by what they are doing.' },
    ),
  },
  { title: 'RegistryStats', additionalProperties: false },
);
export type RegistryStats = Static<typeof RegistryStats>;
