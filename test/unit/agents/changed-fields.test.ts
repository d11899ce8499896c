import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { changedFields, MAX_CHANGED_FIELDS } from '../../../lambdas/agents/changed-fields.ts';
import { mergeDocuments } from '../../../lambdas/agents/merge.ts';
import { anyDocument } from '../../support/json-arbitrary.ts';

const numbered = (count: number, name: string, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}${n}`, value]));

describe('changed fields', () => {
  test('are dotted paths, sorted', () => {
    const before = { name: 'a', config: { priority: 1, color: 'red' } };
    const after = { name: 'b', config: { priority: 2, color: 'red' } };

    expect(changedFields(before, after)).toEqual(['config.priority', 'name']);
  });

  test('name what came and what went', () => {
    expect(changedFields({ config: { a: 1 } }, { config: { b: null } })).toEqual(['config.a', 'config.b']);
  });

  test('name an array as a whole', () => {
    expect(changedFields({ tools: [1, { a: 2 }] }, { tools: [1, { a: 3 }] })).toEqual(['tools']);
  });

  test('see what was added to an array', () => {
    expect(changedFields({ a: [1] }, { a: [1, 2] })).toEqual(['a']);
    expect(changedFields({ a: [1, 2] }, { a: [1] })).toEqual(['a']);
  });

  test('see the order of an array, and not the order of keys', () => {
    expect(changedFields({ a: [1, 2] }, { a: [2, 1] })).toEqual(['a']);
    expect(changedFields({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toEqual([]);
  });

  test('tell an empty object from none', () => {
    expect(changedFields({}, { config: {} })).toEqual(['config']);
  });

  test('are empty exactly when both say the same', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, fc.boolean(), (before, other, equal) => {
        const after = equal ? structuredClone(before) : mergeDocuments(before, other);

        expect(changedFields(before, after).length === 0).toBe(canonicalize(before) === canonicalize(after));
      }),
      { numRuns: 300 },
    );
  });

  test(`become their parents where they are more than ${MAX_CHANGED_FIELDS}`, () => {
    const after = { config: { deep: numbered(20, 'x', { y: 1 }) }, other: { deep: numbered(20, 'x', { y: 1 }) } };
    const before = { config: { deep: numbered(20, 'x', { y: 0 }) }, other: { deep: numbered(20, 'x', { y: 0 }) } };

    expect(changedFields(before, after)).toEqual(['config.deep', 'other.deep']);
  });

  test('climb to the top where they must', () => {
    expect(changedFields({ config: {} }, { config: numbered(40, 'x', 1) })).toEqual(['config']);
  });

  test('become their parents where they are long: a key may be as long as a document', () => {
    expect(changedFields({ config: {} }, { config: { ['k'.repeat(250_000)]: 1 } })).toEqual(['config']);
    expect(changedFields({ config: { a: {} } }, { config: { a: { ['k'.repeat(3_000)]: 1 } } })).toEqual(['config.a']);
  });
});
