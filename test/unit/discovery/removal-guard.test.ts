import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSuspicious } from '../../../lambdas/discovery/removal-guard.ts';
import { lossBudget } from '../../../lambdas/shared/loss-budget.ts';

const vanishing = (missing: number, total: number, justRemoved = 0, emptyListing = false) =>
  isSuspicious({ missing, total, justRemoved, emptyListing });

describe('how many may vanish at once', () => {
  test.each([
    [0, 2],
    [1, 2],
    [13, 2],
    [19, 2],
    [20, 3],
    [100, 15],
    [10_000, 1_500],
  ])('is, of %i, %i', (total, budget) => {
    expect(lossBudget(total)).toBe(budget);
    expect(vanishing(budget, total)).toBe(false);
    expect(vanishing(budget + 1, total)).toBe(true);
  });

  test('is the same whether they go by polls or by events, or by both', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.nat({ max: 100 }), fc.nat({ max: 100 }), (staying, missing, removed) => {
        if (missing === 0) return;
        const before = staying + missing + removed;
        expect(vanishing(missing, staying + missing, removed)).toBe(missing + removed > lossBudget(before));
      }),
    );
    // Of a hundred, ten by events and five by a poll.
    expect([vanishing(5, 90, 10), vanishing(6, 90, 10)]).toEqual([false, true]);
  });

  test('is none when nothing is listed at all', () => {
    expect(vanishing(1, 1, 0, true)).toBe(true);
    expect(vanishing(0, 0, 0, true)).toBe(false);
  });
});
