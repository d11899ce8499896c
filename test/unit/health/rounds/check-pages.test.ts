import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeptResults } from '../../../../lambdas/health/check-results.ts';
import { type CheckReason, checkResult } from '../../../../lambdas/health/checks/check-result.ts';
import { decodePage, encodePage, pageOf, pagesFor } from '../../../../lambdas/health/rounds/check-pages.ts';
import { START } from '../../../support/agents.ts';

const REASONS: readonly CheckReason[] = [
  'OK',
  'GATED',
  'TIMEOUT',
  'HTTP_STATUS',
  'UNREACHABLE',
  'NO_TASKS',
  'TASKS_PENDING',
];

const kept = fc
  .record({
    agentId: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,30}$/),
    streak: fc.integer({ min: -100_000, max: 100_000 }),
    findings: fc.array(
      fc.record(
        {
          reason: fc.constantFrom(...REASONS),
          at: fc.integer({ min: START, max: START + 10 ** 9 }),
          responseTime: fc.nat(60_000),
          status: fc.integer({ min: 100, max: 599 }),
        },
        { requiredKeys: ['reason', 'at'] },
      ),
      { maxLength: 10 },
    ),
  })
  .map(
    ({ agentId, streak, findings }): KeptResults => ({
      agentId,
      streak,
      recent: findings.map((finding) => checkResult(agentId, 'http', finding)),
    }),
  );

test('a page comes back as it was', () => {
  fc.assert(
    fc.property(fc.uniqueArray(kept, { maxLength: 30, selector: ({ agentId }) => agentId }), (agents) => {
      expect(decodePage('http', encodePage(agents))).toEqual(agents);
    }),
  );
});

test('what is no page is told', () => {
  expect(() => decodePage('http', Buffer.from('{}'))).toThrow();
});

test('results of a later version, with a reason that is not known, are left out, and the others kept', () => {
  const known = checkResult('a', 'http', { reason: 'OK', at: START });
  const later = { ...known, details: { source: 'http', reason: 'MOON' as 'OK' } } as const;
  const page = encodePage([
    { agentId: 'a', streak: 2, recent: [later, { ...known, timestamp: START + 30_000 }] },
    { agentId: 'b', streak: 1, recent: [{ ...known, agentId: 'b' }] },
  ]);

  expect(decodePage('http', page)).toEqual([
    { agentId: 'a', streak: 2, recent: [{ ...known, timestamp: START + 30_000 }] },
    { agentId: 'b', streak: 1, recent: [{ ...known, agentId: 'b' }] },
  ]);
});

describe('the number of pages', () => {
  const isPowerOfTwo = (n: number) => Number.isInteger(Math.log2(n));

  test.each([
    [0, 1, 1],
    [160, 1, 1],
    [161, 1, 2],
    [4_462, 1, 32],
    [4_462, 32, 32],
    [2_000, 32, 32],
    [1_900, 32, 16],
    [0, 32, 1],
  ])('for %d agents, where there are %d, is %d', (agents, now, pages) => {
    expect(pagesFor(agents, now)).toBe(pages);
  });

  test('is a power of two, and stays as it is until the fleet has changed a lot', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 0, max: 10 }), (agents, exponent) => {
        const pages = pagesFor(agents, 2 ** exponent);
        expect(isPowerOfTwo(pages)).toBe(true);
        expect(pagesFor(agents, pages)).toBe(pages);
        for (const share of [0.9, 1.1]) {
          const later = pagesFor(Math.round(agents * share), pages);
          expect(pagesFor(agents, later)).toBe(later);
        }
      }),
    );
  });

  test('leaves no page with more than about 200 of 4,462 agents', () => {
    const ids = Array.from({ length: 4_462 }, (_, n) => `agent_${n.toString(36).padStart(26, '0')}`);
    const pages = pagesFor(ids.length);
    const sizes = Array.from({ length: pages }, (_, page) => ids.filter((id) => pageOf(id, pages) === page).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(60);
  });
});

describe('the bytes of a page', () => {
  /** Agents with long ids, all of whose results differ in time and length. */
  const full = (count: number, reason: (n: number) => CheckReason): KeptResults[] =>
    Array.from({ length: count }, (_, n) => {
      const agentId = `agent_${Math.imul(n + 1, 2_654_435_761).toString(36)}${Math.imul(n + 7, 40_503).toString(36)}`;
      const finding = (i: number) => ({
        reason: reason(n * 10 + i),
        at: START + i * 30_000 + ((n * 7_919 + i * 104_729) % 9_000),
        responseTime: (n * 31 + i * 17) % 3_000,
        status: 200,
      });
      return {
        agentId,
        streak: 10,
        recent: Array.from({ length: 10 }, (_, i) => checkResult(agentId, 'http', finding(i))),
      };
    });

  test('are a dozen write units for the agents of a page, and far from what an item may have', () => {
    expect(encodePage(full(140, () => 'OK')).length).toBeLessThan(14 * 1024);
    expect(encodePage(full(200, (n) => REASONS[n % REASONS.length] ?? 'OK')).length).toBeLessThan(24 * 1024);
  });
});
