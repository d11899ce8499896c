import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '../../../../lambdas/health/health-status.ts';
import { HISTORY } from '../../../../lambdas/health/health-status.ts';
import { judgeResults } from '../../../../lambdas/health/judging/judge-results.ts';
import { recordResult } from '../../../../lambdas/health/judging/kept-results.ts';
import { aResult, results } from '../../../support/health.ts';

describe('results of one source', () => {
  test.each([
    ['', 'unknown'],
    ['p', 'unknown'],
    ['f', 'unknown'],
    ['ff', 'unknown'],
    ['pf', 'unknown'],
    ['fpf', 'unknown'],
    ['pp', 'healthy'],
    ['fffpp', 'healthy'],
    ['fff', 'unhealthy'],
    ['ppfff', 'unhealthy'],
    ['ppf', 'degraded'],
    ['ppff', 'degraded'],
    ['fffp', 'degraded'],
    ['ffffpf', 'degraded'],
    ['h', 'degraded'],
    ['pph', 'degraded'],
    ['hp', 'degraded'],
    ['hpp', 'healthy'],
    ['ffhf', 'degraded'],
    ['phff', 'degraded'],
    ['hfff', 'unhealthy'],
    ['fpfpfpfpf', 'unknown'],
    ['fpfpfpfpfp', 'degraded'],
    ['ppfpfpfpfpfpfpfpfpfpfpf', 'degraded'],
  ])('"%s" are %s', (letters, health) => {
    expect(judgeResults(results(letters)).health).toBe(health);
  });

  test('say for people what was counted, and why', () => {
    expect(judgeResults(results('ppp')).because).toBe('http check: 3 successes in a row (OK)');
    expect(judgeResults(results('ppfff')).because).toBe('http check: 3 failures in a row (TIMEOUT)');
    expect(judgeResults(results('ppf')).because).toBe('http check: neither well nor down (TIMEOUT)');
    expect(judgeResults(results('pph')).because).toBe('http check: works in part (TASKS_PENDING)');
    expect(judgeResults(results('fff', undefined, 'heartbeat')).because).toMatch(/^heartbeat: 3 failures/);
  });

  test('of one that comes back say what its newest result is, and what was wrong before', () => {
    expect(judgeResults(results('fffp'))).toEqual({
      health: 'degraded',
      reason: 'TIMEOUT',
      because: 'http check: 1 success so far (OK after TIMEOUT)',
    });
    expect(judgeResults(results('p')).because).toBe('http check: 1 success so far (OK)');
  });

  test('are kept ten at a time, and counted beyond', () => {
    const kept = results('p'.repeat(25));

    expect(kept.recent).toHaveLength(HISTORY);
    expect(kept.streak).toBe(25);
  });

  /** As the specification has it, by looking at all that there ever was. */
  function reference(all: readonly Outcome[]): string {
    const row = (outcome: Outcome) => all.length - 1 - all.findLastIndex((one) => one !== outcome);
    if (row('passed') >= 2) return 'healthy';
    if (row('failed') >= 3) return 'unhealthy';
    const window = all.slice(-HISTORY).join(' ');
    const flaps = window.split(' ').length === HISTORY;
    return flaps || /passed passed|failed failed failed|partial/.test(window) ? 'degraded' : 'unknown';
  }

  test('are judged as a reader of the whole history judges', () => {
    const outcome = fc.constantFrom<Outcome>('passed', 'failed', 'partial');
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 30 }), (all) => {
        const kept = all.reduce<ReturnType<typeof results>>(
          (before, one, n) => recordResult(before, aResult(one, n)),
          results(''),
        );
        expect(judgeResults(kept).health).toBe(reference(all));
      }),
      { numRuns: 300 },
    );
  });
});
