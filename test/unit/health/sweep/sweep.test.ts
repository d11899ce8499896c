import { beforeEach, describe, expect, test } from '@jest/globals';
import { updateHealth } from '../../../../lambdas/agents/settle-health.ts';
import type { LeaseSweep } from '../../../../lambdas/health/sweep/sweep.ts';
import { LeaseWorld, leasedIds, SWEEP_MS } from '../../../support/lease-world.ts';

let world: LeaseWorld;
let sweeper: LeaseSweep;

beforeEach(() => {
  world = new LeaseWorld();
  sweeper = world.sweeper();
});

describe('an agent that beats', () => {
  test('is healthy after its second beat, by the word of its beats', async () => {
    await world.register('a');
    world.beat('a');
    await world.sweep(sweeper);
    expect(await world.health('a')).toBe('unknown');

    world.pass(SWEEP_MS);
    world.beat('a');
    await world.sweep(sweeper);
    expect(await world.health('a')).toBe('healthy');
    expect(world.transitions()).toMatchObject([{ reason: 'heartbeat: 2 successes in a row (AGENT_HEALTHY)' }]);
  });

  test('is not looked at again before its lease ends', async () => {
    await world.living(sweeper, 3);
    world.pass(SWEEP_MS);
    await world.sweep(sweeper); // The registry says by now that they are well.
    world.beats.reads.length = 0;
    world.pass(28_999);
    await world.sweep(sweeper);
    expect(world.beats.reads).toEqual([0]);

    world.pass(1_001);
    await world.sweep(sweeper);
    expect(world.beats.reads).toEqual([0, 3]);
  });

  test('is looked at sooner where somebody else has changed its health', async () => {
    await world.living(sweeper, 1);
    world.pass(30_000);
    await world.sweep(sweeper);
    world.pass(10_000);
    await updateHealth(world.context, { id: 'agent-0', health: 'degraded', actor: 'its host', reason: 'told' });
    world.pass(20_000);
    await world.sweep(sweeper);
    expect(world.beats.reads.at(-1)).toBe(1);
  });

  test('is evicted at the very end of its lease, and not a millisecond before', async () => {
    await world.living(sweeper, 1);
    world.pass(89_999);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 1, expired: 0, evicted: 0, held: 0 });
    world.pass(1);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 0, expired: 0, evicted: 1, held: 0 });

    expect(await world.health('agent-0')).toBe('unhealthy');
    expect(world.transitions().at(-1)?.reason).toBe('lease expired (LEASE_EXPIRED)');
  });

  test('may be late once: nothing happens', async () => {
    await world.living(sweeper, 20);
    const before = world.transitions().length;
    for (let n = 0; n < 12; n += 1) {
      world.pass(30_000);
      // One of them misses its turn in the third round, and beats 59 s after its last beat instead of 30.
      for (const id of leasedIds(20)) if (id !== 'agent-3' || n !== 2) world.beat(id);
      if (n % 2 === 1) await world.sweep(sweeper);
    }
    expect(world.transitions()).toHaveLength(before);
  });

  test('may be so late that its lease had ended: if nobody looked meanwhile, nothing happens', async () => {
    await world.living(sweeper, 1);
    const before = world.transitions().length;
    world.pass(95_000);
    world.beat('agent-0');
    await world.sweep(sweeper);
    world.pass(30_000);
    world.beat('agent-0');
    await world.sweep(sweeper);
    expect(world.transitions()).toHaveLength(before);
  });

  test('and comes back is told of once, when it is healthy', async () => {
    await world.living(sweeper, 1);
    world.pass(90_000);
    await world.sweep(sweeper);
    const before = world.transitions().length;

    world.pass(SWEEP_MS);
    world.beat('agent-0');
    await world.sweep(sweeper);
    expect(await world.health('agent-0')).toBe('unhealthy');
    world.pass(SWEEP_MS);
    world.beat('agent-0');
    await world.sweep(sweeper);
    expect(world.transitions().slice(before)).toMatchObject([{ health: 'healthy' }]);
  });

  test('and says that it is unhealthy is so after three beats', async () => {
    await world.living(sweeper, 1);
    for (let n = 0; n < 3; n += 1) world.beat('agent-0', { status: 'unhealthy' });
    world.pass(SWEEP_MS + 30_000);
    for (let n = 0; n < 3; n += 1) world.beat('agent-0', { status: 'unhealthy' });
    await world.sweep(sweeper);
    expect(await world.health('agent-0')).toBe('unhealthy');
  });

  test('for a day is looked at every five minutes: what it says by then is seen', async () => {
    await world.living(sweeper, 2);
    for (const id of leasedIds(2)) world.beat(id, { ttl: 86_400 });
    world.pass(SWEEP_MS);
    await world.sweep(sweeper);
    for (let n = 0; n < 3; n += 1) world.beat('agent-0', { status: 'unhealthy' });
    world.beat('agent-1', { ttl: 90 });
    world.pass(299_999);
    await world.sweep(sweeper);
    expect(world.healths()).toMatchObject({ healthy: 2 });
    world.pass(1);
    for (let n = 0; n < 3; n += 1) world.beat('agent-0', { status: 'unhealthy' });
    await world.sweep(sweeper);
    expect(world.healths()).toMatchObject({ unhealthy: 2 });
  });
});

describe('an agent whose beats are stamped in the future', () => {
  const inFuture = (id: string, count = 10) => {
    for (let n = 0; n < count; n += 1) world.beat(id, { at: world.now + 3_600_000 + n });
  };

  test('is unknown, for none of them is believed, and healthy again by its second good one', async () => {
    await world.living(sweeper, 1);
    inFuture('agent-0');
    world.pass(90_000);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 0, expired: 0, evicted: 1, held: 0 });
    expect(await world.health('agent-0')).toBe('unknown');
    expect(world.transitions().at(-1)?.reason).toBe('neither a check nor a heartbeat (NO_EVIDENCE)');

    for (let n = 0; n < 2; n += 1) {
      world.pass(30_000);
      world.beat('agent-0');
    }
    await world.sweep(sweeper);
    expect(await world.health('agent-0')).toBe('healthy');
  });

  test('is not healthy for ever when it dies', async () => {
    await world.living(sweeper, 1);
    inFuture('agent-0', 1);
    world.pass(90_000);
    await world.sweep(sweeper);
    expect(await world.health('agent-0')).not.toBe('healthy');
  });

  test('and that was evicted before is not brought back by them', async () => {
    await world.living(sweeper, 1);
    world.pass(90_000);
    await world.sweep(sweeper);
    inFuture('agent-0');
    world.pass(SWEEP_MS);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 0, evicted: 0 });
    expect(await world.health('agent-0')).toBe('unhealthy');
  });

  test('keeps what its check found', async () => {
    await world.living(sweeper, 1, { monitoring: { healthCheck: { type: 'http', url: 'https://a.example/health' } } });
    inFuture('agent-0');
    world.pass(90_000);
    world.check('agent-0', 'passed');
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 0 });
    expect(await world.health('agent-0')).toBe('healthy');
  });

  test('is kept with all others where too many are so', async () => {
    await world.living(sweeper, 20);
    for (const id of leasedIds(20)) inFuture(id);
    world.pass(90_000);
    expect(await world.sweep(sweeper)).toMatchObject({ expired: 20, evicted: 0, preserving: true });
    expect(world.healths()).toMatchObject({ healthy: 20 });
  });
});

describe('an agent that never beat', () => {
  test('is left alone, and looked at ever less often, but every five minutes', async () => {
    await world.register('a');
    const looks: number[] = [];
    for (let n = 0; n < 26; n += 1) {
      await world.sweep(sweeper);
      if (world.beats.reads.at(-1) === 1) looks.push(n);
      world.pass(SWEEP_MS);
    }
    expect(looks).toEqual([0, 1, 2, 4, 8, 13, 18, 23]);
    expect(world.transitions()).toEqual([]);
  });

  test('and begins to, right after it was registered, is healthy within two minutes', async () => {
    await world.register('a');
    await world.sweep(sweeper);
    for (let n = 0; n < 2; n += 1) {
      world.pass(30_000);
      world.beat('a');
    }
    await world.sweep(sweeper);
    expect(await world.health('a')).toBe('healthy');
  });

  test('keeps the health that it told of itself by another way', async () => {
    await world.register('a', {});
    world.check('a', 'failed');
    await world.monitor.settle('a');
    world.pass(600_000);
    await world.sweep(sweeper);
    expect(world.transitions()).toEqual([]);
  });
});
