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

/** Paths as a tree: what ends here is gone with all below it. Paths by the thousand are as quick as one. */
type Removals = Map<string, Removals | 'whole'>;

function toTree(paths: Mergeable['removed']): Removals {
  const tree: Removals = new Map();
  for (const path of paths) {
    let level = tree;
    for (const [depth, key] of path.entries()) {
      const known = level.get(key);
      if (known === 'whole') break;
      if (depth === path.length - 1) level.set(key, 'whole');
      else level = below(level, key);
    }
  }
  return tree;
}

/** The removals below a key; what is gone whole has none of its own. */
function below(tree: Removals, key: string): Removals {
  const known = tree.get(key);
  if (known === 'whole') return new Map();
  const child = known ?? new Map();
  tree.set(key, child);
  return child;
}

const toPaths = (tree: Removals): string[][] =>
  [...tree].flatMap(([key, child]) => (child === 'whole' ? [[key]] : toPaths(child).map((rest) => [key, ...rest])));

function without(document: Json, removals: Removals): Json {
  const result: Record<string, unknown> = { ...document };
  for (const [key, child] of removals) {
    if (child === 'whole') delete result[key];
    else if (Object.hasOwn(result, key) && isObject(result[key])) result[key] = without(result[key], child);
  }
  return result;
}

/**
 * The effective document of an agent: its layers from the lowest to the highest, each first taking away what it
 * removed, then laying its own document over (ARCHITECTURE, "Words"). Pure; the empty list gives `{}`.
 */
export function mergeLayers(layers: readonly Mergeable[]): Json {
  return layers.reduce<Json>(
    (effective, { document, removed }) => mergeDocuments(without(effective, toTree(removed)), document),
    {},
  );
}

/** One level of a merge patch; notes in `removals` what it takes away from below. */
function patched(document: Json, removals: Removals, patch: Json): Json {
  const result: Record<string, unknown> = { ...document };
  for (const [key, value] of Object.entries(patch)) {
    const own = Object.hasOwn(result, key) ? result[key] : {};
    // What this layer laid over an object below is no object: that object must not come to light again.
    if (value === null || (isObject(value) && !isObject(own))) removals.set(key, 'whole');
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = patched(isObject(own) ? own : {}, below(removals, key), value);
    else result[key] = value;
  }
  return result;
}

/**
 * A layer after a JSON merge patch (RFC 7396): `null` deletes, from the layer and from those below it; objects are
 * patched key by key; everything else replaces. Pure.
 */
export function patchLayer<Layer extends Mergeable>(layer: Layer, patch: Json): Layer {
  const removals = toTree(layer.removed);
  const document = patched(layer.document, removals, patch);
  return { ...layer, document, removed: toPaths(removals) };
}
