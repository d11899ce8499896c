import { type Static, type TSchema, Type } from 'typebox';
import { type ClientField, ID_PATTERN, MAX_NAME_LENGTH } from './agent-fields.ts';

/** One line of text: no tabs or line ends (all other controls are refused everywhere). */
const line = (maxLength: number, minLength = 1) => Type.String({ minLength, maxLength, pattern: '^[^\\t\\n\\r]*$' });
const list = <Item extends Parameters<typeof Type.Array>[0]>(item: Item, maxItems: number) =>
  Type.Array(item, { maxItems });
const closed = { additionalProperties: false } as const;
const term = line(128);
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

const interval = {
  intervalSeconds: Type.Optional(
    Type.Integer({ minimum: 10, maximum: 86_400, description: 'Seconds between checks.' }),
  ),
  timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, description: 'Seconds until a check fails.' })),
};

const url = Type.String({ format: 'uri', pattern: '^https?://', maxLength: 2048 });
const HttpCheck = Type.Object({ type: Type.Literal('http'), url, ...interval }, closed);
const LambdaCheck = Type.Object({ type: Type.Literal('lambda'), functionName: line(170), ...interval }, closed);
const EcsCheck = Type.Object(
  { type: Type.Literal('ecs'), cluster: line(256), service: line(256), ...interval },
  closed,
);

/** A union told apart by `type`, so that an error speaks of the one check that was meant. */
const HealthCheck = Type.Unsafe<Static<typeof HttpCheck> | Static<typeof LambdaCheck> | Static<typeof EcsCheck>>({
  type: 'object',
  description: 'How the registry checks the agent (second specification, "Health Monitoring").',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [HttpCheck, LambdaCheck, EcsCheck],
});

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

export const Monitoring = Type.Object(
  {
    metrics: Type.Optional(
      list(Type.Unsafe<string | Record<string, unknown>>({ ...term, type: ['string', 'object'] }), 256),
    ),
    healthCheck: Type.Optional(HealthCheck),
  },
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
