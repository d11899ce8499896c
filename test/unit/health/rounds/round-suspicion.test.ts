import { expect, test } from '@jest/globals';
import type { CheckReason } from '../../../../lambdas/health/checks/check-result.ts';
import { CheckWorld } from '../../../support/check-world.ts';

/** Three healthy agents whose checks then find so of each, for three rounds. */
async function thenFound(...reasons: readonly CheckReason[]) {
  const world = new CheckWorld();
  for (const n of reasons.keys()) world.add(`a-${n}`);
  const round = world.round();
  for (let n = 0; n < 2; n += 1) await world.next(round);
  world.checker.plan = (id) => reasons[Number(id.slice(2))];
  let report = await world.next(round);
  for (let n = 0; n < 2; n += 1) report = await world.next(round);
  return { health: [...world.health.values()], suspected: report?.suspected };
}

test.each<CheckReason>(['NO_TASKS', 'SERVICE_INACTIVE', 'FUNCTION_FAILED', 'UPDATE_FAILED'])(
  '%s of all at once is believed: it is said of something that is there',
  async (reason) => {
    expect(await thenFound(reason, reason, reason)).toEqual({
      health: ['unhealthy', 'unhealthy', 'unhealthy'],
      suspected: false,
    });
  },
);

test.each<CheckReason>([
  'TIMEOUT',
  'UNREACHABLE',
  'TLS',
  'FORBIDDEN_ADDRESS',
  'HTTP_STATUS',
  'FUNCTION_MISSING',
  'SERVICE_MISSING',
  'CLUSTER_MISSING',
])("%s of all at once is the checker's own fault, as far as anybody knows", async (reason) => {
  expect(await thenFound(reason, reason, reason)).toEqual({
    health: ['healthy', 'healthy', 'healthy'],
    suspected: true,
  });
});

test('a single one of which it knows what is wrong speaks for the checker', async () => {
  expect(await thenFound('SERVICE_MISSING', 'CLUSTER_MISSING', 'SERVICE_MISSING', 'NO_TASKS')).toEqual({
    health: ['unhealthy', 'unhealthy', 'unhealthy', 'unhealthy'],
    suspected: false,
  });
});
