/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * What merging needs of a layer: a document, and the paths that the layer takes away from the layers below it.
 * Deletions stand beside the document, not in it, because `null` is a value that unknown keys of `config` may have.
 */
export interface Mergeable {
  readonly document: Json;
  readonly removed: readonly (readonly string[])[];
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deep merge of two documents: objects meet key by key, anything else is replaced by the upper one, arrays too. */
export function mergeDocuments(lower: Json, upper: Json): Json {
  const result: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = Object.hasOwn(result, key) ? result[key] : undefined;
    result[key] = isObject(below) && isObject(value) ? mergeDocuments(below, value) : value;
  }
  return result;
}

/** The document without one path; the same object where the path leads nowhere. */
function without(document: Json, [key, ...rest]: readonly string[]): Json {
  if (key === undefined || !Object.hasOwn(document, key)) return document;
  if (rest.length === 0) {
    const { [key]: _, ...others } = document;
    return others;
  }
  const child = document[key];
  return isObject(child) ? { ...document, [key]: without(child, rest) } : document;
}

/**
 * The effective document of an agent: its layers from the lowest to the highest, each first taking away what it
 * removed, then laying its own document over (ARCHITECTURE, "Words"). Pure; the empty list gives `{}`.
 */
export function mergeLayers(layers: readonly Mergeable[]): Json {
  return layers.reduce<Json>((effective, { document, removed }) => {
    const cleared = removed.reduce(without, effective);
    return mergeDocuments(cleared, document);
  }, {});
}

const startsWith = (path: readonly string[], prefix: readonly string[]): boolean =>
  prefix.length <= path.length && prefix.every((key, index) => key === path[index]);

/** Adds a removal, and drops those that it covers. */
function addRemoval(removed: Mergeable['removed'], path: readonly string[]): Mergeable['removed'] {
  if (removed.some((existing) => startsWith(path, existing))) return removed;
  return [...removed.filter((existing) => !startsWith(existing, path)), path];
}

function patched(layer: Mergeable, patch: Json, path: readonly string[]): Mergeable {
  return Object.entries(patch).reduce<Mergeable>(({ document, removed }, [key, value]) => {
    const here = [...path, key];
    if (value === null) return { document: without(document, [key]), removed: addRemoval(removed, here) };
    if (!isObject(value)) return { document: { ...document, [key]: value }, removed };
    const own = Object.hasOwn(document, key) ? document[key] : {};
    // What this layer laid over an object below is no object: that object must not come to light again.
    const child = isObject(own) ? { document: own, removed } : { document: {}, removed: addRemoval(removed, here) };
    const { document: whole, removed: all } = patched(child, value, here);
    return { document: { ...document, [key]: whole }, removed: all };
  }, layer);
}

/**
 * A layer after a JSON merge patch (RFC 7396): `null` deletes, from the layer and from those below it; objects are
 * patched key by key; everything else replaces. Pure.
 */
export function patchLayer<Layer extends Mergeable>(layer: Layer, patch: Json): Layer {
  return { ...layer, ...patched(layer, patch, []) };
}
