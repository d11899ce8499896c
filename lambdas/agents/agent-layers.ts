import { effectiveDocument } from './agent.ts';
import type { AgentLayers } from './agent-layers-schema.ts';
import type { Layer, Source } from './agent-record.ts';
import type { AgentStore } from './agent-store.ts';
import { loadLiving } from './get-agent.ts';
import { layerTag } from './layer-tag.ts';
import { isObject, type Json } from './merge.ts';

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
