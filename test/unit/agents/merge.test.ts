import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isObject, type Json, type Mergeable, mergeLayers, patchLayer } from '../../../lambdas/agents/merge.ts';
import { anyDocument } from '../../support/json-arbitrary.ts';

const layer = (document: Json, ...removed: string[][]): Mergeable => ({ document, removed });
const empty = layer({});

/** RFC 7396, section 2, to the letter. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value);
  }
  return result;
}

/** Every value that is no object, with the path that leads to it; an empty object counts as a value. */
function leaves(value: unknown, path: readonly string[] = []): [string, unknown][] {
  if (!isObject(value) || (Object.keys(value).length === 0 && path.length > 0)) return [[JSON.stringify(path), value]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}

describe('merging layers', () => {
  test('nothing gives the empty document', () => {
    expect(mergeLayers([])).toEqual({});
  });

  test('lays later ones over earlier ones, key by key', () => {
    const layers = [layer({ name: 'a', config: { color: 'red', priority: 1 } }), layer({ config: { priority: 9 } })];

    expect(mergeLayers(layers)).toEqual({ name: 'a', config: { color: 'red', priority: 9 } });
  });

  test('replaces arrays whole', () => {
    expect(mergeLayers([layer({ tools: ['a', 'b'] }), layer({ tools: ['c'] })])).toEqual({ tools: ['c'] });
  });

  test('keeps null as a value', () => {
    expect(mergeLayers([layer({ a: 1 }), layer({ a: null })])).toEqual({ a: null });
  });

  test('takes away what a layer removed from those below, and not from itself or those above', () => {
    const layers = [layer({ a: { x: 1, y: 2 } }), layer({ a: { z: 3 } }, ['a', 'x']), layer({ b: 1 })];

    expect(mergeLayers(layers)).toEqual({ a: { y: 2, z: 3 }, b: 1 });
    expect(mergeLayers([...layers, layer({ a: { x: 9 } })])).toEqual({ a: { x: 9, y: 2, z: 3 }, b: 1 });
  });

  test('every value of the highest layer is in the result', () => {
    fc.assert(
      fc.property(fc.array(anyDocument, { minLength: 1, maxLength: 4 }), (documents) => {
        const top = documents.at(-1) as Json;
        const merged = new Map(leaves(mergeLayers(documents.map((document) => layer(document)))));

        // An empty object above a full one adds nothing and takes nothing.
        const values = leaves(top).filter(([, value]) => !isObject(value));
        expect(values.filter(([path, value]) => merged.get(path) !== value)).toEqual([]);
      }),
    );
  });

  test('every value of the result comes from the highest layer that has a say on its path', () => {
    fc.assert(
      fc.property(fc.array(anyDocument, { maxLength: 4 }), (documents) => {
        const merged = leaves(mergeLayers(documents.map((document) => layer(document))));
        const strangers = merged.filter(([path, value]) => {
          const holders = documents.flatMap((document) => leaves(document).filter(([other]) => other === path));
          return !isObject(value) && holders.at(-1)?.[1] !== value;
        });

        expect(strangers).toEqual([]);
      }),
    );
  });

  test('does not depend on how layers are grouped', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, anyDocument, (a, b, c) => {
        const lower = mergeLayers([layer(a), layer(b)]);

        expect(mergeLayers([layer(lower), layer(c)])).toEqual(mergeLayers([layer(a), layer(b), layer(c)]));
      }),
    );
  });

  test('leaves its layers as they were', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (lower, upper) => {
        const before = JSON.stringify([lower, upper]);
        mergeLayers([layer(lower), layer(upper, ['a'], ['b', 'a'])]);

        expect(JSON.stringify([lower, upper])).toBe(before);
      }),
    );
  });
});

describe('patching a layer', () => {
  test('is JSON merge patch on a single layer', () => {
    fc.assert(
      fc.property(fc.array(anyDocument, { maxLength: 4 }), (patches) => {
        const patched = patches.reduce<Mergeable>(patchLayer, empty);

        expect(mergeLayers([patched])).toEqual(patches.reduce<unknown>(mergePatch, {}));
      }),
    );
  });

  test('is JSON merge patch on what all layers say together, when it is the highest', () => {
    fc.assert(
      fc.property(
        fc.array(anyDocument, { maxLength: 3 }),
        fc.array(anyDocument, { maxLength: 4 }),
        (below, patches) => {
          const lower = below.map((document) => layer(document));
          const patched = patches.reduce<Mergeable>(patchLayer, empty);
          const expected = patches.reduce<unknown>(mergePatch, mergeLayers(lower));

          expect(mergeLayers([...lower, patched])).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('remembers what it deleted, so that a layer below that changes later does not bring it back', () => {
    const own = patchLayer(empty, { config: { color: null } });

    expect(mergeLayers([layer({ config: { color: 'green', priority: 3 } }), own])).toEqual({ config: { priority: 3 } });
  });

  test('keeps the shortest removals only', () => {
    const patches = [{ a: { b: null, c: null } }, { a: null }, { a: { d: null } }];

    expect(patches.reduce<Mergeable>(patchLayer, empty).removed).toEqual([['a']]);
  });

  test('keeps what else a layer has', () => {
    expect(patchLayer({ ...empty, source: 's3' }, { a: 1 })).toEqual({ source: 's3', document: { a: 1 }, removed: [] });
  });

  test('leaves the layer and the patch as they were', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (document, patch) => {
        const before = JSON.stringify([document, patch]);
        patchLayer(layer(document, ['a']), patch);

        expect(JSON.stringify([document, patch])).toBe(before);
      }),
    );
  });

  test('takes tens of thousands of keys in its stride, deleted ones too', () => {
    const keys = Array.from({ length: 25_000 }, (_, n) => `k${n}`);
    const patch = { config: Object.fromEntries(keys.map((key, n) => [key, n % 2 === 0 ? n : null])) };
    const once = patchLayer(empty, patch);
    const twice = patchLayer(once, patch);

    expect(twice).toEqual(once);
    expect(Object.keys(mergeLayers([once, twice]).config as Json)).toHaveLength(12_500);
  });
});
