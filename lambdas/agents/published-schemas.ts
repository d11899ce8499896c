import { AgentDocument, Capabilities } from './agent-schema.ts';
import { LifecycleDetail } from './lifecycle-schema.ts';

/** Where the API serves a published schema, and so its `$id`: relative, because each stage has an address of its own. */
export const schemaId = (name: string): string => `/registry/schemas/${name}.json`;

const published = (name: string, description: string, schema: object): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: schemaId(name),
  description,
  ...schema,
});

/** A manifest is an agent document with an id; capabilities may be a bare list, which means `core`. */
const manifest = {
  ...AgentDocument,
  title: 'AgentManifest',
  required: ['id', 'name'],
  properties: {
    $schema: { type: 'string' },
    ...AgentDocument.properties,
    capabilities: { anyOf: [Capabilities, Capabilities.properties.core] },
  },
};

/** JSON Schemas (2020-12) of what others write for us and read from us, by name. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, object>> = {
  'agent-manifest': published('agent-manifest', 'What a manifest.json says of one agent.', manifest),
  'lifecycle-detail': published('lifecycle-detail', 'Detail of every event of source agent-registry.', LifecycleDetail),
};
