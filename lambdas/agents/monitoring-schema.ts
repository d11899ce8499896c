import { type Static, Type } from 'typebox';
import { closed, line, list, term } from './schema-parts.ts';

const interval = {
  intervalSeconds: Type.Optional(
    Type.Integer({ minimum: 10, maximum: 86_400, description: 'Seconds between checks.' }),
  ),
  timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, description: 'Seconds until a check fails.' })),
};

const url = Type.String({ format: 'uri', pattern: '^https?://', maxLength: 2048 });
const protocol = Type.Enum(['a2a', 'mcp'], {
  description:
    'What is behind the address: an A2A card, or an MCP server to shake hands with. Absent: a GET is answered 200.',
});
const HttpCheck = Type.Object(
  { type: Type.Literal('http'), url, protocol: Type.Optional(protocol), ...interval },
  closed,
);
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

const share = (description: string) => Type.Number({ exclusiveMinimum: 0, maximum: 1, description });

/** First specification, "Agent Health Checks", `resource_check`. */
const ResourceCheck = Type.Object(
  {
    memoryUsage: Type.Optional(share('Share of the memory that it is allocated; 0.9 when absent.')),
    cpuUsage: Type.Optional(share('Share of the processors that it is allocated; 0.8 when absent.')),
    taskQueue: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Tasks that wait; 100 when absent.' }),
    ),
  },
  {
    ...closed,
    description: 'An agent whose heartbeats tell of as much as this, or more, is degraded. Empty: the usual limits.',
  },
);

/** First specification, "Agent Health Checks", `functionality_test`. */
const FunctionalityTest = Type.Array(Type.Enum(['toolAccess', 'mcpConnections', 'filePermissions']), {
  maxItems: 3,
  uniqueItems: true,
  description:
    'What the agent tests itself: where its heartbeats tell that one of these does not work, it is degraded.',
});

/** Beside a check by the registry: what an agent's own heartbeats are judged by. */
const judged = {
  resourceCheck: Type.Optional(ResourceCheck),
  functionalityTest: Type.Optional(FunctionalityTest),
};

export const Monitoring = Type.Object(
  {
    metrics: Type.Optional(
      list(Type.Unsafe<string | Record<string, unknown>>({ ...term, type: ['string', 'object'] }), 256),
    ),
    healthCheck: Type.Optional(HealthCheck),
    ...judged,
  },
  closed,
);

/**
 * The part of {@link Monitoring} by which the registry watches an agent, in standard JSON Schema: consumers of events hold
 * it against validators that do not know OpenAPI's `discriminator`.
 */
export const WatchedMonitoring = Type.Object(
  { healthCheck: Type.Optional(Type.Union([HttpCheck, LambdaCheck, EcsCheck])), ...judged },
  { ...closed, description: 'How the registry watches the agent; absent where it declares nothing to watch.' },
);
