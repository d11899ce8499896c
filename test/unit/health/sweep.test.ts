import { beforeEach, describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { updateHealth } from '../../../lambdas/agents/settle-health.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import type { Beat } from '../../../lambdas/health/beat.ts';
import type { SweepReport } from '../../../lambdas/health/health-report.ts';
import { type LeaseSweep, SWEEP_LEASE_MS } from '../../../lambdas/health/sweep.ts';
import { rejectionOf } from '../../support/errors.ts';
import { LeaseWorld, SWEEP_MS } from '../../support/lease-world.ts';

let world: LeaseWorld;
let sweeper: LeaseSweep;

beforeEach(() => {
  world = new LeaseWorld();
  sweeper = world.sweeper();
});

function unreadable(): never {
  throw new TypeError('It cannot be read');
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `agent-${n}`);

/** Agents that beat twice and are swept: healthy, with 90 s to go from now. */
async function living(count: number, document: Parameters<LeaseWorld['register']>[1] = {}): Promise<string[]> {
  const all = ids(count);
  for (const id of all) await world.register(id, document);
  for (const id of all) world.beat(id);
  world.pass(1_000);
  for (const id of all) world.beat(id);
  await world.sweep(sweeper);
  return all;
}

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
    await living(3);
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
    await living(1);
    world.pass(30_000);
    await world.sweep(sweeper);
    world.pass(10_000);
    await updateHealth(world.context, { id: 'agent-0', health: 'degraded', actor: 'its host', reason: 'told' });
    world.pass(20_000);
    await world.sweep(sweeper);
    expect(world.beats.reads.at(-1)).toBe(1);
  });

  test('is evicted at the very end of its lease, and not a millisecond before', async () => {
    await living(1);
    world.pass(89_999);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 1, expired: 0, evicted: 0, held: 0 });
    world.pass(1);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 0, expired: 0, evicted: 1, held: 0 });

    expect(await world.health('agent-0')).toBe('unhealthy');
    expect(world.transitions().at(-1)?.reason).toBe('lease expired (LEASE_EXPIRED)');
  });

  test('may be late once: nothing happens', async () => {
    await living(20);
    const before = world.transitions().length;
    for (let n = 0; n < 12; n += 1) {
      world.pass(30_000);
      // One of them misses its turn in the third round, and beats 59 s after its last beat instead of 30.
      for (const id of ids(20)) if (id !== 'agent-3' || n !== 2) world.beat(id);
      if (n % 2 === 1) await world.sweep(sweeper);
    }
    expect(world.transitions()).toHaveLength(before);
  });

  test('may be so late that its lease had ended: if nobody looked meanwhile, nothing happens', async () => {
    await living(1);
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
    await living(1);
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
    await living(1);
    for (let n = 0; n < 3; n += 1) world.beat('agent-0', { status: 'unhealthy' });
    world.pass(SWEEP_MS + 30_000);
    for (let n = 0; n < 3; n += 1) world.beat('agent-0', { status: 'unhealthy' });
    await world.sweep(sweeper);
    expect(await world.health('agent-0')).toBe('unhealthy');
  });

  test('for a day is looked at every five minutes: what it says by then is seen', async () => {
    await living(2);
    for (const id of ids(2)) world.beat(id, { ttl: 86_400 });
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
    await living(1);
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
    await living(1);
    inFuture('agent-0', 1);
    world.pass(90_000);
    await world.sweep(sweeper);
    expect(await world.health('agent-0')).not.toBe('healthy');
  });

  test('and that was evicted before becomes unknown, which is no eviction', async () => {
    await living(1);
    world.pass(90_000);
    await world.sweep(sweeper);
    inFuture('agent-0');
    world.pass(SWEEP_MS);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 0, evicted: 0 });
    expect(await world.health('agent-0')).toBe('unknown');
  });

  test('keeps what its check found', async () => {
    await living(1, { monitoring: { healthCheck: { type: 'http', url: 'https://a.example/health' } } });
    inFuture('agent-0');
    world.pass(90_000);
    world.check('agent-0', 'passed');
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 0 });
    expect(await world.health('agent-0')).toBe('healthy');
  });

  test('is kept with all others where too many are so', async () => {
    await living(20);
    for (const id of ids(20)) inFuture(id);
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

describe('many whose leases end at once', () => {
  const expire = async (count: number, dying: number) => {
    const all = await living(count);
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
    for (const id of ids(20).slice(2)) world.beat(id);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 2 });
  });

  test('count together with those of the five minutes before, also for a new instance', async () => {
    await expire(20, 3);
    await world.sweep(sweeper);
    world.pass(60_000);
    for (const id of ids(20).slice(4)) world.beat(id);
    expect(await world.sweep(world.sweeper())).toMatchObject({ evicted: 0, preserving: true, held: 1 });
    world.pass(240_000);
    for (const id of ids(20).slice(4)) world.beat(id);
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
    await living(1, http);
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

describe('when something fails', () => {
  test('with one agent: it is told of and left as it is, and the others are swept', async () => {
    await living(2);
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
    await living(40);
    world.pass(60_000);
    for (const id of ids(40).slice(6)) world.beat(id);
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
    const failing = new Set(ids(3));
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
    await living(1);
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
    await living(1);
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
    await living(3);
    await deregisterAgent(world.context, { id: 'agent-1', actor: 'tester' });
    world.pass(SWEEP_MS);
    expect(await world.sweep(sweeper)).toMatchObject({ leased: 2 });
    world.pass(30_000);
    expect(await world.sweep(sweeper)).toMatchObject({ evicted: 2 });
  });

  test('is nobody’s business once it is gone, and in its next life is not what it was', async () => {
    await living(1);
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
