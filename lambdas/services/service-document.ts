import { type Static, type TSchema, Type } from 'typebox';
import { ID_PATTERN } from '../agents/agent-fields.ts';
import { closed } from '../agents/schema-parts.ts';
import type { ServiceField } from './service-fields.ts';

/** One line of text: no tabs or line ends. */
const line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\t\\n\\r]*$' });

/** No user information stands in an address: that is where credentials would be. */
const address = Type.String({ format: 'uri', pattern: '^https?://[^/?#@]+([/?#]|$)', maxLength: 2048 });

/** Where a service answers. An address of which users must fill in a part is none: nobody can connect to it. */
export const ServiceEndpoint = Type.Object(
  { type: Type.Enum(['streamable-http', 'sse', 'http']), url: address },
  closed,
);

/** What a user may install to run the service himself: its registry (`npm`, `pypi`, `oci`, …) and name there. */
export const ServicePackage = Type.Object(
  { registry: line(64), identifier: line(512), version: Type.Optional(line(256)) },
  closed,
);

/** What one source says of a service: something that agents depend on, such as an MCP server. */
export const ServiceDocument = Type.Object(
  {
    id: Type.String({ pattern: ID_PATTERN }),
    name: line(256),
    kind: Type.Enum(['mcp', 'service'], { description: 'An MCP server, or any other service.' }),
    version: Type.Optional(line(256)),
    title: Type.Optional(line(256)),
    description: Type.Optional(Type.String({ maxLength: 16_384 })),
    endpoints: Type.Array(ServiceEndpoint, { maxItems: 64 }),
    packages: Type.Array(ServicePackage, { maxItems: 64 }),
    requires: Type.Array(line(256), {
      maxItems: 256,
      description: 'Environment variables and headers that a user must give: their names, never their values.',
    }),
    status: Type.Optional(Type.Enum(['active', 'deprecated', 'deleted'])),
    repository: Type.Optional(address),
  } satisfies Readonly<Record<ServiceField, TSchema>>,
  { ...closed, title: 'ServiceDocument' },
);
export type ServiceDocument = Static<typeof ServiceDocument>;
