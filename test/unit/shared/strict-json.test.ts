import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assertStrictJson, MAX_DEPTH } from '../../../lambdas/shared/strict-json.ts';
import { brokenRules } from '../../support/errors.ts';

const refusing = (value: unknown) => brokenRules(() => assertStrictJson(value));
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('strict JSON', () => {
  test('takes ordinary documents, with tabs and line ends in their texts', () => {
    expect(() => assertStrictJson({ a: [1, null, true, { b: 'one\n\ttwo\r\n' }], '': 0 })).not.toThrow();
  });

  test.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    const document = JSON.parse(`{"a":[{"${key}":{}}]}`);

    expect(refusing(document)).toEqual([`a.0.${key} forbiddenKey`]);
  });

  test('takes forbidden words as values', () => {
    expect(() => assertStrictJson({ name: 'constructor' })).not.toThrow();
  });

  test.each(['\u0000', '\u0008', '\u000b', '\u001f', '\u007f', '\u009f'])(
    'refuses the control character %j in values and in keys',
    (character) => {
      expect(refusing({ a: character })).toEqual(['a controlCharacters']);
      expect(refusing({ [character]: 1 })).toEqual([`${character} controlCharacters`]);
    },
  );

  test('refuses half a surrogate pair', () => {
    expect(refusing({ a: '\ud83d' })).toEqual(['a unicode']);
  });

  test('refuses a number past the range of a double', () => {
    expect(refusing(JSON.parse('{"a":1e999}'))).toEqual(['a finite']);
  });

  test(`takes ${MAX_DEPTH} levels and not one more`, () => {
    expect(() => assertStrictJson(nested(MAX_DEPTH))).not.toThrow();
    expect(refusing(nested(MAX_DEPTH + 1))).toEqual([' depth']);
  });

  test('ends at the bound, however deep the document is', () => {
    expect(refusing(nested(100_000))).toEqual([' depth']);
  });

  test('takes whatever else JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme-ascii' }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(text));
        assertStrictJson(JSON.parse(text));
      }),
    );
  });
});
