import { type Static, type TSchema, Type } from 'typebox';
import { type ClientField, ID_PATTERN, MAX_NAME_LENGTH } from './agent-fields.ts';
import { Monitoring } from './monitoring-schema.ts';
import { closed, line, list, term } from './schema-parts.ts';

const nullableLine = (maxLength: number) =>
  Type.Unsafe<string | null>({ ...line(maxLength), type: ['string', 'null'] });
/** A map whose keys belong to the user. */
const freeMap = () => Type.Record(Type.String(), Type.Unknown(), { propertyNames: line(256) });

export const Capabilities = Type.Object(
  {
    core: Type.Optional(list(term, 256)),
    enhancements: Type.Optional(list(term, 256)),
    domains: Type.Optional(list(term, 256)),
    actions: Type.Optional(list(term, 256)),
  },
  { ...closed, description: 'What the agent can do; core and enhancements are indexed as its capabilities.' },
);

const ConflictResolution = Type.Enum(['rename', 'reject', 'merge'], {
  description: 'What happens when the name is taken: a suffix, a 409, or an update of the holder.',
});

export const Dependencies = Type.Object(
  { services: Type.Optional(list(term, 256)), agents: Type.Optional(list(term, 256)) },
  closed,
);

export const Configuration = Type.Object(
  { environment: Type.Optional(freeMap()), features: Type.Optional(freeMap()), limits: Type.Optional(freeMap()) },
  closed,
);

export const Relationships = Type.Object(
  {
    parentAgent: Type.Optional(nullableLine(128)),
    childAgents: Type.Optional(list(term, 256)),
    templateSource: Type.Optional(nullableLine(512)),
    clonedFrom: Type.Optional(nullableLine(128)),
  },
  closed,
);

export const Config = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 16_384 })),
    color: Type.Optional(line(64)),
    priority: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10, description: 'Higher matters more; 5 when absent.' }),
    ),
    tools: Type.Optional(
      Type.Array(line(256), { maxItems: 512, description: 'Absent: inherits all tools. Empty: none. `*`: all.' }),
    ),
    mcpServers: Type.Optional(list(term, 128)),
    resourceLimit: Type.Optional(
      Type.String({
        pattern: '^\\d{1,9}(\\.\\d{1,3})? ?([kKmMgGtT]?[bB]?|[kKmMgGtT]i[bB]?)$',
        description: 'Memory such as 1024mb.',
      }),
    ),
    conflictResolution: Type.Optional(ConflictResolution),
    specialization: Type.Optional(line(128)),
  },
  { additionalProperties: true, description: 'Settings of the agent; keys that the registry does not know are kept.' },
);

/** Everything that a client may say of an agent; `required` only what a whole agent cannot do without. */
const clientProperties = {
  id: Type.Optional(Type.String({ pattern: ID_PATTERN })),
  name: line(MAX_NAME_LENGTH),
  version: Type.Optional(line(64)),
  type: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
      description: 'A slug; core, specialist, coordinator and utility are known.',
    }),
  ),
  operatorMode: Type.Optional(Type.Enum(['enabled', 'maintenance', 'disabled'])),
  capabilities: Type.Optional(Capabilities),
  dependencies: Type.Optional(Dependencies),
  configuration: Type.Optional(Configuration),
  monitoring: Type.Optional(Monitoring),
  config: Type.Optional(Config),
  capacity: Type.Optional(
    Type.Object({ maxConcurrent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })) }, closed),
  ),
  relationships: Type.Optional(Relationships),
  responseQueue: Type.Optional(Type.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'] })),
  filePath: Type.Optional(nullableLine(1024)),
  conflictResolution: Type.Optional(ConflictResolution),
} satisfies Readonly<Record<ClientField, TSchema>>;

/** The document that a client registers (CONTRACT.md, "Clients set"), and what a manifest holds. */
export const AgentDocument = Type.Object(clientProperties, { ...closed, title: 'AgentDocument' });
export type AgentDocument = Static<typeof AgentDocument>;
