import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_WAIT_MS } from '../../../lambdas/capability/warm-index.ts';
import { BOUND_MS, type Call, LivelyWorld, type ReaderPlan, type WriterPlan } from '../../support/lively-world.ts';

const RUNS = 60;
jest.setTimeout(60_000);

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const what = fc.constantFrom('register', 'register', 'update', 'update', 'remove') as fc.Arbitrary<'register'>;

/** Ids are late by what the clock is behind and the commit takes: 7 s at most. Readers look back for ten, less 3 s that others may be ahead. */
const writer: fc.Arbitrary<WriterPlan> = fc.record({
  skew: fc.integer({ min: -3_000, max: 3_000 }),
  writes: fc.array(
    fc.record({ pause: fc.integer({ min: 0, max: 1_500 }), id, what, priority: fc.integer({ min: 1, max: 10 }) }),
    { minLength: 5, maxLength: 20 },
  ),
});
const commitDelay = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 2_000, max: 4_000 }));

const soundCall: fc.Arbitrary<Call> = fc.record({
  delay: fc.integer({ min: 0, max: 40 }),
  end: fc.constant('answers' as const),
});
const anyCall: fc.Arbitrary<Call> = fc.record({
  delay: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constant(3_000)),
  end: fc.constantFrom(...Array<'answers'>(20).fill('answers'), 'fails' as const, 'hangs' as const),
});
const reader: fc.Arbitrary<ReaderPlan> = fc.record({
  offset: fc.oneof(fc.integer({ min: -2_000, max: 3_000 }), fc.integer({ min: -60_000, max: 40_000 })),
  freezes: fc.boolean(),
  fromBase: fc.boolean(),
  requests: fc.array(
    fc.record({
      // Some come while others wait, some long after.
      pause: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 300 }) },
        { weight: 9, arbitrary: fc.integer({ min: 800, max: 1_500 }) },
        fc.constant(15_000),
      ),
      waitsForWrite: fc.boolean(),
      jump: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -20_000, max: 20_000 }) },
      ),
    }),
    { minLength: 5, maxLength: 25 },
  ),
  calls: fc.oneof(
    { weight: 2, arbitrary: fc.array(soundCall, { minLength: 1, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.array(anyCall, { minLength: 1, maxLength: 20 }) },
  ),
});

describe('while two write and many read, with calls that take their time, fail and hang, and clocks that differ', () => {
  test('no answer is staler than it says or than the bound, nobody waits for long, and nobody misses a change', async () => {
    const counts = { answered: 0, late: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(writer, writer),
        fc.array(commitDelay, { minLength: 1, maxLength: 6 }),
        fc.array(reader, { minLength: 1, maxLength: 5 }),
        async (writers, commitDelays, readers) => {
          const world = new LivelyWorld(commitDelays);
          await world.live(writers, readers);

          expect(world.answered.flatMap(({ missed }) => missed)).toEqual([]);
          for (const { status, sound } of world.refused)
            expect({ status, sound }).toEqual({ status: 503, sound: false });
          for (const { waited } of [...world.answered, ...world.refused]) {
            expect(waited).toBeLessThanOrEqual(MAX_WAIT_MS);
          }
          const truth = await world.truth();
          for (const held of await world.heldInTheEnd()) expect(held).toEqual(truth);
          counts.answered += world.answered.length;
          counts.late += world.answered.filter(({ age }) => age > BOUND_MS).length;
          counts.refused += world.refused.length;
        },
      ),
      { numRuns: RUNS },
    );
    // All of it happens, and often.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(RUNS / 2);
  });
});
