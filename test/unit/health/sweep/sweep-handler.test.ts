import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pacedSettle, SETTLED_A_SECOND } from '../../../../lambdas/health/paced-settle.ts';
import { sweepHandler } from '../../../../lambdas/health/sweep/sweep-handler.ts';
import { metrics } from '../../../../lambdas/shared/metrics.ts';
import { logger } from '../../../../lambdas/shared/telemetry.ts';
import { START } from '../../../support/agents.ts';
import { rejectionOf } from '../../../support/errors.ts';
import { LeaseWorld } from '../../../support/lease-world.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: START });
  jest.spyOn(logger, 'info').mockImplementation(() => undefined);
});
afterEach(() => {
  metrics.clearMetrics();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const lambda = { getRemainingTimeInMillis: () => 55_000 };

test('a sweep has the time of its function but for ten seconds, and the state of all who watch is told after it', async () => {
  const world = new LeaseWorld();
  const counted = jest.spyOn(metrics, 'addMetric').mockReturnValue(metrics);
  const deadlines: number[] = [];
  const sweeper = world.sweeper();
  const handler = sweepHandler(async () => ({
    reports: world.reports,
    sweep: {
      run: async (deadline) => {
        deadlines.push(deadline - START);
        return sweeper.run(deadline);
      },
    },
  }));
  for (const kind of ['http', 'lambda', 'ecs'] as const) world.round({ at: START - 20_000, held: 2 }, kind);

  expect(await handler({}, lambda)).toMatchObject({ leased: 0, evicted: 0 });
  expect(deadlines).toEqual([45_000]);
  expect(counted.mock.calls).toEqual([
    ['HealthAge', 'Seconds', 20],
    ['HealthHeld', 'Count', 6],
  ]);
});

test('a sweep that fails is an error of the function', async () => {
  const { reports } = new LeaseWorld();
  const handler = sweepHandler(async () => ({ reports, sweep: { run: () => Promise.reject(new Error('busy')) } }));
  expect(await rejectionOf(handler({}, lambda))).toEqual(new Error('busy'));
});

test('agents are settled at a pace that leaves the change log to others, whoever wants how many', async () => {
  const begun: number[] = [];
  const settle = pacedSettle({
    settle: async () => {
      begun.push(Date.now() - START);
      return { health: 'healthy', changed: true };
    },
  });
  const all = Promise.all(
    Array.from({ length: 5 * SETTLED_A_SECOND }, (_, n) => settle(`agent-${n}`, { evict: true })),
  );

  await jest.advanceTimersByTimeAsync(2_500);
  expect(begun).toHaveLength(3 * SETTLED_A_SECOND);
  await jest.advanceTimersByTimeAsync(2_500);
  expect(await all).toHaveLength(1_000);
  expect(begun.at(-1)).toBe(4_000);
});

test('settling hands on who it is about, and what is known', async () => {
  const asked: unknown[] = [];
  const settle = pacedSettle({
    settle: async (...about) => {
      asked.push(about);
      return undefined;
    },
  });
  expect(await settle('a', { undeclared: true })).toBeUndefined();
  expect(asked).toEqual([['a', { undeclared: true }]]);
});
