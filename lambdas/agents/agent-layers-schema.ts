import { type Static, Type } from 'typebox';
import { ID_PATTERN } from './agent-fields.ts';
import { SOURCES } from './agent-record.ts';
import type { Json } from './merge.ts';
import { closed } from './schema-parts.ts';

const source = Type.Enum([...SOURCES] as [...typeof SOURCES]);

const LayerView = Type.Object(
  {
    source,
    origin: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Bucket key, path or URL; null: calls of this API.',
    }),
    updatedAt: Type.String({ format: 'date-time' }),
    etag: Type.String({ pattern: '^"l-[0-9a-f]{16}"$', description: 'For If-Match when the layer is written.' }),
    document: Type.Unsafe<Json>({ type: 'object', description: 'What this source says.' }),
    removed: Type.Array(Type.String(), { description: 'Dotted paths that it takes away from the layers below.' }),
  },
  closed,
);

/** What each source says of an agent, lowest priority first, and whose word each field is. */
export const AgentLayers = Type.Object(
  {
    agentId: Type.String({ pattern: ID_PATTERN }),
    revision: Type.Integer({ minimum: 1 }),
    layers: Type.Array(LayerView),
    provenance: Type.Record(Type.String(), source, {
      description: 'The source that each field of the agent comes from, by dotted path. Absent fields have defaults.',
    }),
  },
  { ...closed, title: 'AgentLayers' },
);
export type AgentLayers = Static<typeof AgentLayers>;
