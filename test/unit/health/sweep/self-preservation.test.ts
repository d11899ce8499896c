import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allowanceFor, countOf, WINDOW_MS, withinWindow } from '../../../../lambdas/health/sweep/self-preservation.ts';
import { lossBudget } from '../../../../lambdas/shared/loss-budget.ts';
import { START } from '../../../support/agents.ts';

describe('how many may be evicted', () => {
  test.each([
    [1, 2],
    [13, 2],
    [19, 2],
    [20, 3],
    [100, 15],
    [10_000, 1_500],
  ])('of a fleet of %d: %d in a window', (fleet, budget) => {
    expect(lossBudget(fleet)).toBe(budget);
  });

  test.each<[string, Parameters<typeof allowanceFor>[0], ReturnType<typeof allowanceFor>]>([
    ['nobody is gone', { leased: 100, expired: 0, evicted: 0 }, { preserving: false, evictions: 15 }],
    [
      'two of five are no more than a handful',
      { leased: 5, expired: 2, evicted: 0 },
      { preserving: false, evictions: 2 },
    ],
    ['three of five are too many', { leased: 5, expired: 3, evicted: 0 }, { preserving: true, evictions: 0 }],
    ['three of twenty are 15 %', { leased: 20, expired: 3, evicted: 0 }, { preserving: false, evictions: 3 }],
    ['three of nineteen are more', { leased: 19, expired: 3, evicted: 0 }, { preserving: true, evictions: 0 }],
    ['15 in a hundred', { leased: 100, expired: 15, evicted: 0 }, { preserving: false, evictions: 15 }],
    ['16 in a hundred', { leased: 100, expired: 16, evicted: 0 }, { preserving: true, evictions: 0 }],
    ['10 after 10 within a window', { leased: 90, expired: 10, evicted: 10 }, { preserving: true, evictions: 0 }],
    ['5 after 10 within a window', { leased: 90, expired: 5, evicted: 10 }, { preserving: false, evictions: 5 }],
    ['all', { leased: 100, expired: 100, evicted: 0 }, { preserving: true, evictions: 0 }],
    [
      'an operator lets go',
      { leased: 100, expired: 90, evicted: 10, override: 'evict' },
      { preserving: false, evictions: 16 },
    ],
    [
      'an operator holds',
      { leased: 100, expired: 5, evicted: 0, override: 'hold' },
      { preserving: false, evictions: 0 },
    ],
  ])('%s', (_, expiry, allowance) => {
    expect(allowanceFor(expiry)).toEqual(allowance);
  });

  test('counts an eviction for five minutes, to the millisecond', () => {
    const evictions = [
      { at: START, count: 4 },
      { at: START + 1, count: 3 },
    ];

    expect(countOf(withinWindow(evictions, START + WINDOW_MS - 1))).toBe(7);
    expect(countOf(withinWindow(evictions, START + WINDOW_MS))).toBe(3);
  });

  /** A fleet as a plain list of who went when. */
  class Model {
    alive: number;
    expired = 0;
    offline = 0;
    readonly evictedAt: number[] = [];

    constructor(size: number) {
      this.alive = size;
    }

    move(dying: number, reviving: number): void {
      const died = Math.min(dying, this.alive);
      const revived = Math.min(reviving, this.offline);
      this.alive += revived - died;
      this.expired += died;
      this.offline -= revived;
    }

    evict(count: number, now: number): void {
      this.expired -= count;
      this.offline += count;
      for (let n = 0; n < count; n += 1) this.evictedAt.push(now);
    }

    within(now: number): number {
      return this.evictedAt.filter((at) => now - at < 300_000).length;
    }
  }

  test('never lets more than its share go in any window, and nobody while it preserves: against a plain list', () => {
    const pass = fc.record({
      pause: fc.integer({ min: 1_000, max: 200_000 }),
      dying: fc.integer({ min: 0, max: 30 }),
      reviving: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(pass, { maxLength: 25 }), (size, passes) => {
        const model = new Model(size);
        let now = START;
        let kept: { at: number; count: number }[] = [];
        for (const { pause, dying, reviving } of passes) {
          now += pause;
          model.move(dying, reviving);
          kept = [...withinWindow(kept, now)];
          const leased = model.alive + model.expired;
          const allowance = allowanceFor({ leased, expired: model.expired, evicted: countOf(kept) });

          const before = model.within(now);
          const [gone, fleet] = [model.expired + before, leased + before];
          expect(allowance.preserving).toBe(gone >= 3 && gone / fleet > 0.15);
          const evicted = Math.min(allowance.evictions, model.expired);
          // What is within the rule goes at once, and nothing else does.
          expect(evicted).toBe(allowance.preserving ? 0 : model.expired);
          model.evict(evicted, now);
          kept.push({ at: now, count: evicted });
          if (evicted > 0) expect(model.within(now)).toBeLessThanOrEqual(Math.max(2, fleet * 0.15));
        }
      }),
      { numRuns: 300 },
    );
  });
});
