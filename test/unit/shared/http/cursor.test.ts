import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../../../lambdas/shared/http/cursor.ts';
import { brokenRules } from '../../../support/errors.ts';

const ids = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,127}$/);
const refusing = (cursor: string, key: string) => brokenRules(() => decodeCursor(cursor, key));

describe('a cursor', () => {
  test('leads back to the id that it was made of', () => {
    fc.assert(
      fc.property(ids, fc.string(), (id, key) => {
        expect(decodeCursor(encodeCursor(id, key), key)).toBe(id);
      }),
    );
  });

  test('fits into a URL as it is', () => {
    fc.assert(
      fc.property(ids, fc.string(), (id, key) => {
        expect(encodeCursor(id, key)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  test('is refused with any one character changed, added or taken away', () => {
    const character = fc.constantFrom(...'AZaz09-_=+/ %é');
    fc.assert(
      fc.property(ids, fc.nat(), fc.option(character), fc.nat({ max: 1 }), (id, place, put, taken) => {
        const cursor = encodeCursor(id, 'key');
        const at = place % (cursor.length + 1);
        const altered = cursor.slice(0, at) + (put ?? '') + cursor.slice(at + taken);
        fc.pre(altered !== cursor);

        expect(refusing(altered, 'key')).toEqual(['cursor cursor']);
      }),
      { numRuns: 300 },
    );
  });

  test('is refused with other filters', () => {
    fc.assert(
      fc.property(ids, fc.string(), fc.string(), (id, key, other) => {
        fc.pre(key !== other);

        expect(refusing(encodeCursor(id, key), other)).toEqual(['cursor cursor']);
      }),
    );
  });

  test.each(['', 'AAAA', 'x'.repeat(10_000)])('is not %.20j', (text) => {
    expect(refusing(text, 'key')).toEqual(['cursor cursor']);
  });
});
