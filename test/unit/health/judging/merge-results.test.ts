import { describe, expect, test } from '@jest/globals';
import { mergeResults } from '../../../../lambdas/health/judging/merge-results.ts';
import { START } from '../../../support/agents.ts';
import { results } from '../../../support/health.ts';

const merged = (...kept: Parameters<typeof mergeResults>[1]) => mergeResults('calendar-agent', kept);

describe('the status of an agent', () => {
  test('is none before its first result', () => {
    expect(merged(undefined, results(''))).toBeUndefined();
  });

  test('is that of its only source, counted beyond what is kept', () => {
    expect(merged(results(`f${'p'.repeat(40)}`), undefined)).toMatchObject({
      agentId: 'calendar-agent',
      consecutiveSuccesses: 40,
      consecutiveFailures: 0,
      lastCheck: { healthy: true, timestamp: START },
    });
    expect(merged(results('pfff'))).toMatchObject({ consecutiveSuccesses: 0, consecutiveFailures: 3 });
  });

  test('shows the last ten of both sources, oldest first', () => {
    const status = merged(results('p'.repeat(9), START, 'heartbeat'), results('f'.repeat(9), START + 10_000));
    const times = status?.history.map(({ timestamp }) => timestamp) ?? [];

    expect(times).toHaveLength(10);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBe(START + 10_000);
    expect(status?.lastCheck.details?.source).toBe('http');
  });

  test('counts what both sources have found in a row, to the newest that breaks it', () => {
    // Beats at 0, -30, -60, …; checks 10 s later each. The check of 50 s ago failed.
    const beats = results('p'.repeat(10), START, 'heartbeat');
    const checks = results('pppfpp', START + 10_000);

    // Beats at 0, -30; checks at +10, -20; the failed one was at -50.
    expect(merged(beats, checks)?.consecutiveSuccesses).toBe(4);
    expect(merged(beats, checks)?.consecutiveFailures).toBe(0);
  });

  test('adds a source’s own count where nothing that is known breaks it', () => {
    const beats = results('p'.repeat(50), START, 'heartbeat');
    expect(merged(beats, results('pp', START + 10_000))?.consecutiveSuccesses).toBe(52);
  });

  test('has neither in a row after a partial result', () => {
    expect(merged(results('pph'))).toMatchObject({ consecutiveSuccesses: 0, consecutiveFailures: 0 });
  });

  test('counts from a lapse on: what came before it broke off', () => {
    const lapsed = { ...results('pppp', START, 'heartbeat'), streak: 1 };
    expect(merged(lapsed)?.consecutiveSuccesses).toBe(1);
  });
});
