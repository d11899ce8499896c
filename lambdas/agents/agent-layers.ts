import { type Static, Type } from 'typebox';
import { effectiveDocument } from './agent.ts';
import { type Layer, SOURCES, type Source } from './agent-record.ts';
import { ID_PATTERN } from './agent-schema.ts';
import type { AgentStore } from './agent-store.ts';
import { loadLiving } from './get-agent.ts';
import { layerTag } from './layer-tag.ts';
import { isObject, type Json } from './merge.ts';

const closed = { additionalProperties: false } as const;
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

type Path = readonly string[];

/** Paths of everything that is no object with fields of its own. */
function leaves(value: Json, path: Path = []): Path[] {
  return Object.entries(value).flatMap(([key, child]) => {
    const at = [...path, key];
    return isObject(child) && Object.keys(child).length > 0 ? leaves(child, at) : [at];
  });
}

const says = ({ document }: Layer, path: Path): boolean => {
  let value: unknown = document;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
};

/**
 * The source of each field of the agent that layers make together, by dotted path, sorted. It is the highest one that
 * says the field: had a higher one taken it away, the field would not be there. Pure.
 *
 * @param layers from the lowest to the highest
 */
export function provenanceOf(layers: readonly Layer[]): Readonly<Record<string, Source>> {
  const fromTheTop = layers.toReversed();
  const found = leaves(effectiveDocument(layers) as Json).map((path) => {
    const winner = fromTheTop.find((layer) => says(layer, path));
    return [path.join('.'), (winner as Layer).source] as const;
  });
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What each source says of an agent, read consistently.
 *
 * @throws NotFoundError
 */
export async function getLayers(store: AgentStore, id: string): Promise<AgentLayers> {
  const { head, layers } = await loadLiving(store, id);
  return {
    agentId: id,
    revision: head.revision,
    layers: layers.map((layer) => ({
      source: layer.source,
      origin: layer.origin,
      updatedAt: layer.updatedAt,
      etag: layerTag(layer),
      document: layer.document,
      removed: layer.removed.map((path) => path.join('.')),
    })),
    provenance: provenanceOf(layers),
  };
}
