import { type Static, Type } from 'typebox';
import { ID_PATTERN } from './agent-fields.ts';
import { Capabilities, Config, Configuration, Dependencies, Relationships } from './agent-schema.ts';
import { Monitoring } from './monitoring-schema.ts';
import { closed } from './schema-parts.ts';
import { HEALTHS, STATES, STATUSES } from './status.ts';

const time = () => Type.String({ format: 'date-time' });
const nullableTime = () => Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' });
const openObject = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', description });
const nullableObject = () => Type.Unsafe<Readonly<Record<string, unknown>> | null>({ type: ['object', 'null'] });

/** An agent as callers see it (CONTRACT.md, "Agent"). Times ISO 8601 UTC, durations in milliseconds, ratios 0 to 1. */
export const Agent = Type.Object(
  {
    id: Type.String({ pattern: ID_PATTERN }),
    name: Type.String(),
    type: Type.String(),
    version: Type.String(),
    revision: Type.Integer({ minimum: 1, description: '+1 at each committed change.' }),
    owner: Type.String({ description: 'The verified principal that registered it.' }),
    operatorMode: Type.Enum(['enabled', 'maintenance', 'disabled']),
    health: Type.Enum([...HEALTHS]),
    status: Type.Enum([...STATUSES], { description: 'May it be routed to.' }),
    state: Type.Enum([...STATES], { description: 'What it is doing.' }),
    capabilities: Type.Required(Capabilities, closed),
    dependencies: Type.Required(Dependencies, closed),
    configuration: Type.Required(Configuration, closed),
    monitoring: Monitoring,
    config: Type.Object(
      { ...Config.properties, priority: Type.Integer({ minimum: 1, maximum: 10 }) },
      { additionalProperties: true },
    ),
    capacity: Type.Object(
      { maxConcurrent: Type.Integer({ minimum: 0 }), current: Type.Integer({ minimum: 0 }) },
      closed,
    ),
    metrics: Type.Object(
      {
        requestsHandled: Type.Integer({ minimum: 0 }),
        avgResponseTime: Type.Number({ minimum: 0, description: 'Milliseconds.' }),
        errorRate: Type.Number({ minimum: 0, maximum: 1 }),
      },
      closed,
    ),
    resources: openObject('What it has and uses.'),
    performance: openObject('How it has done.'),
    relationships: Type.Required(Relationships, closed),
    lastHealthCheck: nullableTime(),
    responseQueue: nullableObject(),
    filePath: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    createdAt: time(),
    lastModified: time(),
    lastActivity: nullableTime(),
  },
  { ...closed, title: 'Agent' },
);
export type Agent = Static<typeof Agent>;
