import { beforeEach, describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../../lambdas/agents/agent-store.ts';
import { updateAgent } from '../../../../lambdas/agents/update-agent.ts';
import type { LeaseSweep } from '../../../../lambdas/health/sweep/sweep.ts';
import { LeaseWorld, leasedIds, SWEEP_MS } from '../../../support/lease-world.ts';

let world: LeaseWorld;
let sweeper: LeaseSweep;

beforeEach(() => {
  world = new LeaseWorld();
  sweeper = world.sweeper();
});

describe('many whose leases end at once', () => {
  const expire = async (count: number, dying: number) => {
    const all = await world.living(sweeper, count);
    world.pass(60_000);
    for (const id of all.slice(dying)) world.beat(id);
    world.pass(30_000);
    return all;
  };

  test('are held from the third on, if they are more than 15 %', async () => {
    await expire(19, 3);
    expect(await world.sweep(sweeper)).toMatchObject({
      leased: 19,
      expired: 3,
      evicted: 0,
      preserving: true,
      held: 3,
    });
    expect(world.healths().unhealthy).toBe(0);
  });

  test('are evicted where they are fewer', async () => {
    await expire(20, 3);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 3, preserving: false, held: 0 });
  });

  test('are let go by an operator: 15 % of all with each sweep', async () => {
    await expire(20, 20);
    world.reports.word = { mode: 'evict', until: world.now + 300_000, actor: 'op', reason: 'they are gone' };
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 3, preserving: false, held: 17 });
    world.pass(SWEEP_MS);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 3, held: 14 });
    expect(world.healths().unhealthy).toBe(6);

    world.pass(300_000);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 0, preserving: true });
  });

  test('are all held where an operator says so', async () => {
    await expire(20, 2);
    world.reports.word = { mode: 'hold', until: world.now + 60_000, actor: 'op', reason: 'maintenance' };
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 0, preserving: false, held: 2 });
    world.pass(60_000);
    for (const id of leasedIds(20).slice(2)) world.beat(id);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 2 });
  });

  test('count together with those of the five minutes before, also for a new instance', async () => {
    await expire(20, 3);
    await world.sweep(sweeper);
    world.pass(60_000);
    for (const id of leasedIds(20).slice(4)) world.beat(id);
    expect(await world.sweep(world.sweeper())).toMatchObject({ evicted: 0, preserving: true, held: 1 });
    world.pass(240_000);
    for (const id of leasedIds(20).slice(4)) world.beat(id);
    expect(await world.sweep(world.sweeper())).toMatchObject({ evicted: 1, preserving: false });
  });

  test('go in random order', async () => {
    const evicted = new Set<string>();
    for (let seed = 1; seed < 6; seed += 1) {
      world = new LeaseWorld(seed);
      sweeper = world.sweeper();
      await expire(20, 20);
      world.reports.word = { mode: 'evict', until: world.now + 300_000, actor: 'op', reason: 'they are gone' };
      await world.sweep(sweeper);
      for (const { agentId, health } of world.transitions()) if (health === 'unhealthy') evicted.add(agentId);
    }
    expect(evicted.size).toBeGreaterThan(6);
  });
});

describe('an agent with a check', () => {
  const http = { monitoring: { healthCheck: { type: 'http', url: 'https://a.example/health' } } } as const;

  beforeEach(async () => {
    await world.living(sweeper, 1, http);
    world.check('agent-0', 'passed');
    world.check('agent-0', 'passed');
  });

  test('lives on by it when its beats stop', async () => {
    world.pass(91_000);
    world.check('agent-0', 'passed');
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 0, expired: 0, evicted: 0, held: 0 });
    expect(await world.health('agent-0')).toBe('healthy');
  });

  test('is evicted once the check has failed since', async () => {
    world.pass(91_000);
    world.check('agent-0', 'failed');
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 1 });
  });

  test('is waited for while the check may yet come, and evicted when it does not', async () => {
    world.pass(90_000 + 60_000);
    world.round();
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 1, expired: 1, evicted: 0, held: 0 });
    world.pass(1);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 1 });
  });

  test('is waited for while nobody looks, and while those who look are doubted', async () => {
    world.pass(90_000 + 30_000);
    world.round();
    world.pass(3_600_000);
    expect(await world.sweep(sweeper)).toMatchObject({ expired: 1, evicted: 0 });
    world.round({ suspected: true });
    expect(await world.sweep(sweeper)).toMatchObject({ expired: 1, evicted: 0 });
    world.round({}, 'ecs');
    world.reports.rounds.delete('http');
    expect(await world.sweep(sweeper)).toMatchObject({ expired: 1, evicted: 0 });

    world.round();
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 1 });
  });

  test('that it lived by when its beats had stopped is waited for when nobody looks any more', async () => {
    world.pass(90_000 + 300_000);
    world.check('agent-0', 'passed');
    world.pass(30_000);
    world.round();
    world.pass(3_600_000);
    expect(await world.sweep(sweeper)).toMatchObject({ expired: 1, evicted: 0 });

    world.round();
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 1 });
  });

  test('is not evicted when it declares another one meanwhile, which has not looked yet', async () => {
    world.pass(90_000 + 60_001);
    world.round();
    world.round({ at: world.now - 3_600_000 }, 'ecs');
    const ecs = { healthCheck: { type: 'ecs', cluster: 'c', service: 's', url: null } };
    const other = world.sweeper({
      settle: async (id, options) => {
        await updateAgent(world.context, { id, patch: { monitoring: ecs }, actor: 'tester' });
        return world.monitor.settle(id, options);
      },
    });
    expect(await world.sweep(other)).toMatchObject({ evicted: 0 });
    expect(await world.health('agent-0')).toBe('healthy');
  });

  test('is not evicted unverified: where its results cannot be read it is waited for', async () => {
    world.pass(90_000 + 60_001);
    world.round();
    world.check('agent-0', 'failed');
    world.checks.hook = () => {
      throw new StoreBusyError();
    };
    expect(await world.sweep(sweeper)).toMatchObject({ expired: 1, evicted: 0 });
    expect(world.failures).toEqual(['looking at agent-0']);
    world.checks.hook = () => undefined;
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 1 });
  });
});
