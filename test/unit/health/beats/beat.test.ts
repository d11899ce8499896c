import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Beat, foldBeat, resultsOf, type SaidBeat } from '../../../../lambdas/health/beats/beat.ts';
import { isStamp, leaseEnd, MAX_AHEAD_MS } from '../../../../lambdas/health/beats/lease-of-beat.ts';
import { outcomeOf } from '../../../../lambdas/health/health-status.ts';
import { START } from '../../../support/agents.ts';
import { aBeat } from '../../../support/health.ts';

const said = (at: number, overrides: Partial<SaidBeat> = {}): SaidBeat => ({
  at,
  ttl: 90,
  status: 'healthy',
  ...overrides,
});

const beatsOf = (...beats: SaidBeat[]): Beat => beats.reduce(foldBeat, aBeat());

describe('the lease of a beat', () => {
  test('ends when its seconds are over, to the millisecond', () => {
    expect(leaseEnd(beatsOf(said(START)), START)).toBe(START + 90_000);
  });

  test('is none where there was no beat', () => {
    expect(leaseEnd(aBeat(), START)).toBeUndefined();
  });

  test('is none where its stamp is more than five seconds ahead', () => {
    expect(isStamp(START + 5_000, START)).toBe(true);
    expect(leaseEnd(beatsOf(said(START + MAX_AHEAD_MS)), START)).toBe(START + 95_000);
    expect(leaseEnd(beatsOf(said(START + MAX_AHEAD_MS + 1)), START)).toBeUndefined();
  });

  test('runs from the newest beat before one that is stamped in the future', () => {
    expect(leaseEnd(beatsOf(said(START), said(START + 60_000_000)), START + 30_000)).toBe(START + 90_000);
  });
});

describe('a beat', () => {
  test('goes on with the streak of the one before while that one’s lease lasts', () => {
    expect(beatsOf(said(START), said(START + 89_999)).streak).toBe(2);
  });

  test('begins a new streak at the very end of the lease before it', () => {
    const beat = beatsOf(said(START), said(START + 30_000), said(START + 120_000));

    expect(beat.streak).toBe(1);
    expect(beat.recent).toHaveLength(3);
  });

  test('begins a new streak of failures too', () => {
    const bad = { status: 'unhealthy' } as const;
    expect(beatsOf(said(START, bad), said(START + 1_000, bad)).streak).toBe(-2);
    expect(beatsOf(said(START, bad), said(START + 90_000, bad)).streak).toBe(-1);
  });

  test('that is partial ends a streak', () => {
    expect(beatsOf(said(START), said(START + 1_000), said(START + 2_000, { status: 'degraded' })).streak).toBe(0);
  });

  test('counts as a result: unhealthy is a failure, degraded is partial', () => {
    const beat = beatsOf(
      said(START),
      said(START + 1_000, { status: 'degraded' }),
      said(START + 2_000, { status: 'unhealthy' }),
    );
    const { recent } = resultsOf(beat);

    expect(recent.map(outcomeOf)).toEqual(['passed', 'partial', 'failed']);
    expect(recent.map(({ timestamp }) => timestamp)).toEqual([START, START + 1_000, START + 2_000]);
    expect(recent.map(({ details }) => details?.reason)).toEqual([
      'AGENT_HEALTHY',
      'AGENT_DEGRADED',
      'AGENT_UNHEALTHY',
    ]);
    expect(recent[2]?.error).toMatch(/unhealthy/);
  });

  test('forgets a predecessor that was stamped in the future, as if it had never come', () => {
    const beat = beatsOf(said(START), said(START + 60_000_000), said(START + 30_000));

    expect(beat.at).toBe(START + 30_000);
    expect(resultsOf(beat).recent.map(({ timestamp }) => timestamp)).toEqual([START, START + 30_000]);
  });

  test('has a later stamp than the one before, though the clock stood still or ran back', () => {
    expect(beatsOf(said(START), said(START)).at).toBe(START + 1);
    expect(beatsOf(said(START), said(START - 2_000))).toMatchObject({ at: START + 1, streak: 2 });
  });

  test('says no more than it was told', () => {
    const loud = beatsOf(said(START, { metrics: { cpuUsage: 0.5 }, checks: [{ name: 'toolAccess', status: 'ok' }] }));

    expect(loud.metrics).toEqual({ cpuUsage: 0.5 });
    expect(foldBeat(loud, said(START + 1_000))).not.toHaveProperty('metrics');
    expect(foldBeat(loud, said(START + 1_000))).not.toHaveProperty('checks');
  });

  test('keeps a streak and ten results like a plain list of all beats', () => {
    const step = fc.record({
      pause: fc.integer({ min: 1, max: 40 }),
      ttl: fc.constantFrom(10, 20, 30),
      status: fc.constantFrom('healthy' as const, 'degraded' as const, 'unhealthy' as const),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        let at = START;
        const all = steps.map(({ pause, ttl, status }) => {
          at += pause * 1_000;
          return said(at, { ttl, status });
        });
        // Beats of one mind, each within the lease of the one before, counted from the last one backwards.
        let row = 1;
        const newest = all.at(-1) as SaidBeat;
        for (let n = all.length - 1; n > 0; n -= 1) {
          const [earlier, later] = [all[n - 1] as SaidBeat, all[n] as SaidBeat];
          if (earlier.status !== newest.status || later.at >= earlier.at + earlier.ttl * 1_000) break;
          row += 1;
        }
        const signs = { healthy: row, degraded: 0, unhealthy: -row };
        const beat = beatsOf(...all);
        expect(beat.streak).toBe(signs[newest.status]);
        expect(resultsOf(beat).recent.map(({ timestamp }) => timestamp)).toEqual(all.slice(-10).map((one) => one.at));
      }),
      { numRuns: 300 },
    );
  });
});
