import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { SCHEDULED_ROUND } from '../../../../lambdas/health/contract.ts';
import { Fleet } from '../../../../lambdas/health/fleet.ts';
import type { RoundReport } from '../../../../lambdas/health/health-report.ts';
import { type RoundEvent, roundHandler } from '../../../../lambdas/health/rounds/round-handler.ts';
import { watchedBy } from '../../../../lambdas/health/rounds/watched-by.ts';
import { metrics } from '../../../../lambdas/shared/metrics.ts';
import { logger } from '../../../../lambdas/shared/telemetry.ts';
import { aDigest, START } from '../../../support/agents.ts';
import { rejectionOf } from '../../../support/errors.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  jest.spyOn(logger, 'info').mockImplementation(() => undefined);
  jest.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => {
    metrics.clearMetrics();
    return metrics;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const REPORT: RoundReport = {
  round: 3,
  at: START,
  tookMs: 12,
  pages: 1,
  targets: 5,
  results: { passed: 3, partial: 0, failed: 2, unasked: 0 },
  suspected: false,
  unsaved: 0,
  held: 0,
};

const lambda = { getRemainingTimeInMillis: () => 55_000 } as Context;
const message = (body: string) => ({ Records: [{ messageId: 'one', body }] }) as unknown as RoundEvent;

test.each([
  ['the schedule', SCHEDULED_ROUND],
  ['the queue behind it', message(JSON.stringify(SCHEDULED_ROUND))],
])('%s has a round made, with the time that the function has', async (_, event) => {
  const deadlines: number[] = [];
  const counted = jest.spyOn(metrics, 'addMetric');
  const handler = roundHandler(async () => ({
    run: async (deadline) => {
      deadlines.push(deadline - START);
      return REPORT;
    },
  }));

  expect(await handler(event, lambda)).toEqual(REPORT);
  expect(deadlines).toEqual([52_000]);
  expect(counted.mock.calls).toEqual([['ChecksFailed', 'Count', 2]]);
});

test('a round that fails is an error of the function', async () => {
  const handler = roundHandler(async () => ({ run: () => Promise.reject(new Error('busy')) }));

  expect(await rejectionOf(handler(SCHEDULED_ROUND, lambda))).toEqual(new Error('busy'));
});

test('a message is settled, whatever comes of it', async () => {
  const told = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
  const handler = roundHandler(async () => ({ run: () => Promise.reject(new Error('busy')) }));

  expect(await handler(message('{}'), lambda)).toBeUndefined();
  expect(told).toHaveBeenCalledWith('The round failed', { error: new Error('busy') });
});

test('what the rounds work with is loaded once, and again where that failed', async () => {
  let loads = 0;
  const handler = roundHandler(async () => {
    loads += 1;
    if (loads === 1) throw new Error('not yet');
    return { run: async () => undefined };
  });

  await rejectionOf(handler(SCHEDULED_ROUND, lambda));
  await handler(SCHEDULED_ROUND, lambda);
  await handler(SCHEDULED_ROUND, lambda);

  expect(loads).toBe(2);
});

test('a round is about the agents that declare its kind of check', () => {
  const fleet = new Fleet();
  const http = { type: 'http', url: 'https://a.example', intervalSeconds: 60 } as const;
  fleet.put(aDigest({ id: 'a', health: 'healthy', monitoring: { healthCheck: http } }));
  fleet.put(aDigest({ id: 'b', monitoring: { healthCheck: { type: 'lambda', functionName: 'f' } } }));
  fleet.put(aDigest({ id: 'c' }));

  expect(watchedBy(fleet, 'http')).toEqual([{ agentId: 'a', health: 'healthy', check: http }]);
  expect(watchedBy(fleet, 'ecs')).toEqual([]);
});
