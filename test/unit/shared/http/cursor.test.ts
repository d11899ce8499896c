import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../../../lambdas/shared/http/cursor.ts';
import { sha256 } from '../../../../lambdas/shared/ids.ts';
import { brokenRules } from '../../../support/errors.ts';

const places = fc.record({
  id: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,127}$/),
  priority: fc.integer({ min: 1, max: 10 }),
  load: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
});
const refusing = (cursor: string, key: string) => brokenRules(() => decodeCursor(cursor, key));

describe('a cursor', () => {
  test('leads back to the place that it was made of, to the last digit', () => {
    fc.assert(
      fc.property(places, fc.string(), (place, key) => {
        expect(decodeCursor(encodeCursor(place, key), key)).toEqual(place);
      }),
    );
  });

  test('fits into a URL as it is', () => {
    fc.assert(
      fc.property(places, fc.string(), (place, key) => {
        expect(encodeCursor(place, key)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  test('is refused with any one character changed, added or taken away', () => {
    const character = fc.constantFrom(...'AZaz09-_=+/ %é');
    fc.assert(
      fc.property(places, fc.nat(), fc.option(character), fc.nat({ max: 1 }), (place, where, put, taken) => {
        const cursor = encodeCursor(place, 'key');
        const at = where % (cursor.length + 1);
        const altered = cursor.slice(0, at) + (put ?? '') + cursor.slice(at + taken);
        fc.pre(altered !== cursor);

        expect(refusing(altered, 'key')).toEqual(['cursor cursor']);
      }),
      { numRuns: 300 },
    );
  });

  test('is refused with another question', () => {
    fc.assert(
      fc.property(places, fc.string(), fc.string(), (place, key, other) => {
        fc.pre(key !== other);

        expect(refusing(encodeCursor(place, key), other)).toEqual(['cursor cursor']);
      }),
    );
  });

  test.each(['null', '{"id":7}', '[]', 'text', ''])('is no %j that somebody made up', (made) => {
    const cursor = Buffer.from(sha256(`key\n${made}`).slice(0, 16) + made).toString('base64url');

    expect(refusing(cursor, 'key')).toEqual(['cursor cursor']);
  });

  test.each(['', 'AAAA', 'x'.repeat(10_000)])('is not %.20j', (text) => {
    expect(refusing(text, 'key')).toEqual(['cursor cursor']);
  });
});
