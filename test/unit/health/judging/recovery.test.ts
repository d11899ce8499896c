import { beforeEach, expect, test } from '@jest/globals';
import { takeHeartbeat } from '../../../../lambdas/health/beats/take-heartbeat.ts';
import { WITHOUT_WAITING } from '../../../support/agents.ts';
import { BEAT_MS, LeaseWorld } from '../../../support/lease-world.ts';

const http = { monitoring: { healthCheck: { type: 'http', url: 'https://a.example/health' } } } as const;

let world: LeaseWorld;

beforeEach(() => {
  world = new LeaseWorld();
});

/** An agent that has been unhealthy for ten minutes, by its beats or by its check. */
async function down(by: 'beat' | 'check'): Promise<void> {
  await world.register('a', by === 'check' ? http : {});
  for (let n = 0; n < 3; n += 1) {
    world.pass(BEAT_MS);
    if (by === 'beat') world.beat('a', { status: 'unhealthy' });
    else world.check('a', 'failed');
  }
  await world.monitor.settle('a');
  expect(await world.health('a')).toBe('unhealthy');
  world.pass(600_000);
}

const WAYS: readonly [string, 'beat' | 'check', () => () => Promise<unknown>][] = [
  [
    'beats that the sweep sees',
    'beat',
    () => {
      const sweeper = world.sweeper();
      return () => {
        world.beat('a');
        return world.sweep(sweeper);
      };
    },
  ],
  [
    'beats by REST',
    'beat',
    () => {
      const { beats, monitor, context } = world;
      const taking = { beats, monitor, agents: context.store, clock: context.clock, retries: WITHOUT_WAITING };
      return () => takeHeartbeat(taking, 'a', { status: 'healthy', ttl: 90 });
    },
  ],
  [
    'rounds of checks',
    'check',
    () => () => {
      world.check('a', 'passed');
      return world.monitor.settle('a');
    },
  ],
];

test.each(WAYS)('whoever comes back by %s is told of once, within two intervals', async (_, by, way) => {
  await down(by);
  const before = world.transitions().length;
  const back = world.now;
  const comes = way();
  for (let n = 0; n < 6; n += 1) {
    await comes();
    world.pass(BEAT_MS);
  }

  const told = world.transitions().slice(before);
  expect(told).toMatchObject([{ health: 'healthy' }]);
  expect((told[0]?.at ?? 0) - back).toBeLessThanOrEqual(2 * BEAT_MS);
});
