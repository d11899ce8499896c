import { beforeEach, describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../../lambdas/agents/agent-store.ts';
import { deregisterAgent } from '../../../../lambdas/agents/deregister-agent.ts';
import type { Beat } from '../../../../lambdas/health/beats/beat.ts';
import type { SweepReport } from '../../../../lambdas/health/health-report.ts';
import { type LeaseSweep, SWEEP_LEASE_MS } from '../../../../lambdas/health/sweep/sweep.ts';
import { rejectionOf } from '../../../support/errors.ts';
import { LeaseWorld, leasedIds, SWEEP_MS } from '../../../support/lease-world.ts';

let world: LeaseWorld;
let sweeper: LeaseSweep;

beforeEach(() => {
  world = new LeaseWorld();
  sweeper = world.sweeper();
});

function unreadable(): never {
  throw new TypeError('It cannot be read');
}

describe('when something fails', () => {
  test('with one agent: it is told of and left as it is, and the others are swept', async () => {
    await world.living(sweeper, 2);
    const { beats } = world.context.store;
    world.pass(90_000);
    beats.set('agent-0', Object.defineProperty({ ...beats.get('agent-0') }, 'ttl', { get: unreadable }) as Beat);
    expect(await world.sweep(sweeper)).toMatchObject({ expired: 0, evicted: 1 });

    expect([await world.health('agent-0'), await world.health('agent-1')]).toEqual(['healthy', 'unhealthy']);
    expect(world.failures).toEqual(['looking at agent-0']);
  });

  const busy = () => {
    throw new StoreBusyError();
  };
  const dying = async () => {
    await world.living(sweeper, 40);
    world.pass(60_000);
    for (const id of leasedIds(40).slice(6)) world.beat(id);
    world.pass(30_000);
  };
  const evicted = () => world.healths().unhealthy;

  test('reading the beats: nothing is done, and the lease is given back', async () => {
    await dying();
    world.beats.hook = (call) => (call === 'readMany' ? busy() : undefined);
    expect(await rejectionOf(world.sweep(sweeper))).toBeInstanceOf(StoreBusyError);
    expect(evicted()).toBe(0);
    world.beats.hook = () => undefined;
    expect(await world.sweep(world.sweeper())).toMatchObject({ evicted: 6 });
  });

  test('settling some: the others are done, and these are counted as if they were', async () => {
    await dying();
    const failing = new Set(leasedIds(3));
    sweeper = world.sweeper({
      settle: async (id, options) => (failing.has(id) ? busy() : world.monitor.settle(id, options)),
    });
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 3, held: 3, recentEvictions: [{ count: 6 }] });
    expect(world.failures).toHaveLength(3);
  });

  test.each(['before it took effect', 'after'])('writing down what is to be evicted, %s: nobody is', async (when) => {
    await dying();
    world.reports.hook = (_, write) => {
      if (when === 'after') write();
      return busy();
    };
    expect(await rejectionOf(world.sweep(sweeper))).toBeInstanceOf(StoreBusyError);
    expect(evicted()).toBe(0);
    world.reports.hook = (_, write) => write();
    const report = await world.sweep(sweeper);
    // What may have been done counts, so nobody goes beyond 15 %: the six are told of as evicted already.
    expect(report?.preserving ? 0 : report?.evicted).toBe(when === 'after' ? 0 : 6);
    expect(evicted()).toBe(when === 'after' ? 0 : 6);
  });

  test.each(['before it took effect', 'after'])(
    'writing down what was evicted, %s: it counts all the same',
    async (when) => {
      await dying();
      let calls = 0;
      world.reports.hook = (_, write) => {
        calls += 1;
        if (calls === 1) return write();
        if (when === 'after') write();
        return busy();
      };
      await rejectionOf(world.sweep(sweeper));
      expect(evicted()).toBe(6);
      expect(world.reports.swept?.recentEvictions).toMatchObject([{ count: 6 }]);
    },
  );

  test('an end that comes too soon: nobody more is begun with', async () => {
    await dying();
    let begun = 0;
    sweeper = world.sweeper({
      settle: async (id, options) => {
        begun += 1;
        world.pass(begun === 4 ? 30_000 : 0);
        return world.monitor.settle(id, options);
      },
    });
    const report = await sweeper.run(world.now + 30_000);
    expect(begun).toBe(4);
    expect(report).toMatchObject({ evicted: 4, held: 2, recentEvictions: [{ count: 4 }] });
  });

  test('evictions that take long: they count from when they were done, and before that from when they must be', async () => {
    await dying();
    const dates: number[] = [];
    world.reports.hook = (_, write) => {
      const result = write();
      dates.push((world.reports.swept?.recentEvictions.at(-1)?.at ?? 0) - begun);
      return result;
    };
    sweeper = world.sweeper({
      settle: (id, options) => {
        world.pass(5_000);
        return world.monitor.settle(id, options);
      },
    });
    const begun = world.now;
    await world.sweep(sweeper);
    expect(dates).toEqual([50_000, 30_000]);
  });

  test('a lot of time: a sweep takes no more of it than its lease has', async () => {
    await dying();
    let begun = 0;
    sweeper = world.sweeper({
      settle: async (id, options) => {
        begun += 1;
        world.pass(begun === 4 ? SWEEP_LEASE_MS : 0);
        return world.monitor.settle(id, options);
      },
    });
    const report = await sweeper.run(world.now + 3_600_000);
    expect([begun, report?.evicted, report?.held]).toEqual([4, 4, 2]);
  });

  test('a clock that stands still, or is set back: each report is later than the one before', async () => {
    await dying();
    const told: number[] = [];
    world.reports.hook = (_, write) => {
      const result = write();
      told.push(world.reports.swept?.at ?? 0);
      return result;
    };
    await world.sweep(sweeper);
    await world.sweep(sweeper);
    world.reports.swept = { ...(world.reports.swept as SweepReport), at: world.now + 5_000 };
    told.push(world.now + 5_000);
    await world.sweep(sweeper);
    expect(told).toHaveLength(5);
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
  });

  test('two sweeps at once: one has the lease, the other does nothing', async () => {
    await dying();
    const [one, other] = await Promise.all([world.sweep(sweeper), world.sweep(world.sweeper())]);
    expect([one, other].filter((report) => report !== undefined)).toHaveLength(1);
    expect(evicted()).toBe(6);
  });

  test('two sweeps at once without a lease between them: one of them evicts', async () => {
    await dying();
    const free = { take: async () => true, release: async () => undefined, isTaken: async () => false };
    const reports = await Promise.all([1, 2, 3].map(() => world.sweep(world.sweeper({ lease: free }))));
    expect(reports.filter((report) => report !== undefined)).toHaveLength(1);
    expect(world.transitions().filter(({ health }) => health === 'unhealthy')).toHaveLength(6);
    expect(world.reports.swept?.recentEvictions).toMatchObject([{ count: 6 }]);
  });
});

describe('an agent that changes while it is swept', () => {
  test('stays when it beats between the look and the eviction', async () => {
    await world.living(sweeper, 1);
    world.pass(90_000);
    sweeper = world.sweeper({
      settle: async (id, options) => {
        world.beat(id);
        return world.monitor.settle(id, options);
      },
    });
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 0 });
    expect(await world.health('agent-0')).toBe('healthy');
  });

  test('stays when it beats between the decision and its commit', async () => {
    await world.living(sweeper, 1);
    world.pass(90_000);
    let commits = 0;
    world.context.store.hook = (call) => {
      if (call === 'commit' && commits++ === 0) world.beat('agent-0');
      return undefined;
    };
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 0 });
    // The one that fell over the beat was the last.
    expect(commits).toBe(1);
    expect(await world.health('agent-0')).toBe('healthy');
  });

  test('counts no longer once it is removed', async () => {
    await world.living(sweeper, 3);
    await deregisterAgent(world.context, { id: 'agent-1', actor: 'tester' });
    world.pass(SWEEP_MS);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 2 });
    world.pass(30_000);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 2 });
  });

  test('is nobody’s business once it is gone, and in its next life is not what it was', async () => {
    await world.living(sweeper, 1);
    world.pass(90_000);
    let again = false;
    sweeper = world.sweeper({
      settle: async (id, options) => {
        await deregisterAgent(world.context, { id, actor: 'tester' });
        if (again) await world.register(id);
        return world.monitor.settle(id, options);
      },
    });
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 0 });
    await world.register('agent-0');
    world.beat('agent-0');
    world.pass(90_000);
    again = true;
    await world.sweep(sweeper);
    expect(await world.health('agent-0')).toBe('unknown');
  });
});
