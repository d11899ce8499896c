import fc from 'fast-check';
import type { Json } from '../../lambdas/agents/merge.ts';

/** Few keys, so that documents meet. The odd ones are names of `Object.prototype` and the empty one. */
const key = fc.constantFrom('a', 'b', 'c', '', 'toString', 'a.b');
const leaf = fc.constantFrom<unknown>(0, 1, 'text', true, null, [], [1, { a: null }]);

function documentsOf(leaves: fc.Arbitrary<unknown>): fc.Arbitrary<Json> {
  return fc.letrec<{ document: Json }>((tie) => ({
    document: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaves, tie('document')), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  })).document;
}

/** Documents that share keys and so meet when they are merged; with `null` as a value. */
export const anyDocument = documentsOf(leaf);

/** Documents as the registry keeps them of its own layers: a merge patch cannot leave a `null` there. */
export const anyPatchedDocument = documentsOf(leaf.filter((value) => value !== null));
