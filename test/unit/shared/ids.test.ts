import { describe, expect, test } from '@jest/globals';
import { createUlidFactory, firstUlidOf, randomSuffix, sha256, timeOfUlid } from '../../../lambdas/shared/ids.ts';
import { clockAt, START } from '../../support/agents.ts';

describe('ULIDs', () => {
  test('carry the time of their making', () => {
    expect(timeOfUlid(createUlidFactory(clockAt())())).toBe(START);
  });

  test('sort in the order of making, also within a millisecond and when the clock goes backwards', () => {
    const clock = clockAt();
    const next = createUlidFactory(clock);
    const made = [0, 0, 0, 5, -1_000, 0].map((step) => {
      clock.advance(step);
      return next();
    });

    expect(made).toEqual([...new Set(made)].sort());
  });

  test('come after the first one of their millisecond, and before the first one of the next', () => {
    const ulid = createUlidFactory(clockAt())();

    expect(firstUlidOf(START) <= ulid).toBe(true);
    expect(ulid < firstUlidOf(START + 1)).toBe(true);
    expect(timeOfUlid(firstUlidOf(START))).toBe(START);
  });

  test('begin with the epoch for times before it', () => {
    expect(firstUlidOf(-10_000)).toBe('0'.repeat(26));
  });
});

describe('random suffixes', () => {
  test('have the length that is asked for, in letters and digits of base 32', () => {
    expect(randomSuffix(8)).toMatch(/^[a-z2-7]{8}$/);
  });

  test('differ', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => randomSuffix(8))).size).toBe(1_000);
  });
});

test('a hash is SHA-256 in hexadecimal', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
