import { describe, expect, test } from '@jest/globals';
import type { Health } from '../../../../lambdas/agents/status.ts';
import { ROUND_LEASE_MS } from '../../../../lambdas/health/rounds/check-round.ts';
import { CheckWorld, PlannedChecker } from '../../../support/check-world.ts';

/** Milliseconds that it takes to settle an agent, one after the other. */
const EACH_MS = 10;

/** A fleet of so many healthy agents, `a-0`, `a-1`, …, and a function that has made rounds of it. */
async function aWorld(agents: number) {
  const world = new CheckWorld();
  for (let n = 0; n < agents; n += 1) world.add(`a-${n}`);
  const round = world.round();
  for (let n = 0; n < 2; n += 1) await world.next(round);
  world.settled = [];
  world.whenSettled = () => world.clock.advance(EACH_MS);
  return { world, round };
}

const numberOf = (agentId: string): number => Number(agentId.slice(2));
const countOf = (world: CheckWorld, health: Health): number =>
  [...world.health.values()].filter((one) => one === health).length;

describe('a round in which thousands change', () => {
  /** All but one of 4,000 fail from now on; one makes the checker believed. */
  const falling = async () => {
    const { world, round } = await aWorld(4_000);
    world.checker.plan = (id) => (id === 'a-0' ? 'OK' : 'UNREACHABLE');
    return { world, round };
  };

  test('ends in time, and the others come first in the next one', async () => {
    const { world, round } = await falling();

    expect((await world.next(round))?.tookMs).toBeLessThan(28_000);
    const first = new Set(world.settled);
    expect(first.size).toBe(2_700);
    world.settled = [];
    await world.next(round);

    expect(world.settled.slice(0, 1_299).filter((id) => first.has(id))).toEqual([]);
  });

  test('begins with nobody after the end of the function', async () => {
    const { world, round } = await falling();
    world.clock.advance(30_000);

    await round.run(world.clock.now() + 15_000);

    expect(world.settled).toHaveLength(1_500);
  });

  test.each(['http', 'lambda'] as const)(
    'of %s ends before its lease does, whatever time the function has',
    async (kind) => {
      const world = new CheckWorld();
      for (let n = 0; n < 2_000; n += 1) {
        world.add(`a-${n}`, kind === 'lambda' ? { type: 'lambda', functionName: `f-${n}` } : {});
      }
      const checker = new PlannedChecker(world.clock, kind);
      checker.during = () => world.clock.advance(20_000);
      const round = world.round({ checker });
      world.whenSettled = () => world.clock.advance(100);
      for (let n = 0; n < 2; n += 1) {
        world.clock.advance(300_000);
        const begun = world.clock.now();
        await round.run(begun + 900_000);
        expect(world.clock.now() - begun).toBeLessThan(ROUND_LEASE_MS - 10_000);
      }
      expect(world.settled.length).toBeGreaterThan(0);
    },
  );

  test('settles those first that get worse', async () => {
    const { world, round } = await aWorld(4_000);
    const isUpper = (id: string): boolean => numberOf(id) >= 2_000;
    world.whenSettled = () => undefined;
    world.checker.plan = (id) => (isUpper(id) ? 'UNREACHABLE' : 'OK');
    for (let n = 0; n < 2; n += 1) await world.next(round);
    // Those that come first of all are well, and the registry does not know it yet.
    for (const id of world.health.keys()) if (!isUpper(id)) world.health.set(id, 'unhealthy');
    world.settled = [];
    world.whenSettled = () => world.clock.advance(EACH_MS);

    await world.next(round);

    expect(world.settled).toHaveLength(2_700);
    expect(world.settled.slice(0, 2_000).every(isUpper)).toBe(true);
    expect(countOf(world, 'healthy')).toBe(700);
  });

  test('has time left for those that fail, however many declare no such check any more', async () => {
    const { world, round } = await aWorld(5_000);
    for (let n = 1_000; n < 5_000; n += 1) world.declared.delete(`a-${n}`);
    world.checker.plan = (id) => (id === 'a-0' ? 'OK' : 'UNREACHABLE');

    await world.next(round);

    const failing = world.settled.filter((id) => numberOf(id) < 1_000);
    expect([failing.length, world.settled.length]).toEqual([999, 1_674]);
    for (let n = 0; n < 6; n += 1) await world.next(round);
    expect((await world.stored()).size).toBe(1_000);
  });
});

describe('an agent whose check is not all that is known of it', () => {
  const settledIn = async (world: CheckWorld, next: () => Promise<unknown>, rounds: number) => {
    const settled: number[] = [];
    for (let n = 0; n < rounds; n += 1) {
      world.settled = [];
      await next();
      if (world.settled.includes('a-0')) settled.push(n);
    }
    return settled;
  };

  test('is left alone for ten rounds when settling makes it no worse', async () => {
    const { world, round } = await aWorld(2);
    world.checker.plan = (id) => (id === 'a-0' ? 'UNREACHABLE' : 'OK');
    world.others.set('a-0', 'degraded');

    // At the first failure it becomes what it stays.
    expect(await settledIn(world, () => world.next(round), 24)).toEqual([0, 2, 12, 22]);
  });

  test('is tried for as long as its getting better may be damped, then left alone', async () => {
    const { world, round } = await aWorld(2);
    world.others.set('a-0', 'degraded');
    world.health.set('a-0', 'degraded');
    world.whenSettled = () => undefined;

    expect(await settledIn(world, () => world.next(round), 24)).toEqual([0, 1, 2, 12, 22]);
  });

  test('is settled at once when its check says something new, or the registry does', async () => {
    const { world, round } = await aWorld(2);
    world.others.set('a-0', 'degraded');
    world.health.set('a-0', 'degraded');
    for (let n = 0; n < 4; n += 1) await world.next(round);
    world.checker.plan = (id) => (id === 'a-0' ? 'UNREACHABLE' : 'OK');
    expect(await settledIn(world, () => world.next(round), 4)).toEqual([2]);

    world.others.set('a-0', 'healthy');
    world.health.set('a-0', 'healthy');
    expect(await settledIn(world, () => world.next(round), 1)).toEqual([0]);
  });

  test('does not keep the others from being settled', async () => {
    const { world, round } = await aWorld(6_000);
    for (let n = 0; n < 5_999; n += 1) {
      world.others.set(`a-${n}`, 'degraded');
      world.health.set(`a-${n}`, 'degraded');
    }
    world.checker.plan = (id) => (id === 'a-5999' ? 'UNREACHABLE' : 'OK');
    for (let n = 0; n < 12; n += 1) await world.next(round);

    expect(world.health.get('a-5999')).toBe('unhealthy');
    world.settled = [];
    await world.next(round);
    expect(world.settled.length).toBeLessThan(2_700);
  });
});

describe('results that cannot be kept', () => {
  test('are counted, and held, for as long as that lasts', async () => {
    const { world, round } = await aWorld(3);
    world.pages.hook = (call) => {
      if (call === 'write') throw new Error('refused');
    };
    for (let n = 0; n < 5; n += 1) {
      expect(await world.next(round)).toMatchObject({ unsaved: 3, held: 3, suspected: false });
    }
    world.pages.hook = () => undefined;

    expect(await world.next(round)).toMatchObject({ unsaved: 0, held: 0 });
  });

  test('are those of the pages that were not written', async () => {
    const { world, round } = await aWorld(400);
    world.pages.hook = (call, { page }) => {
      if (call === 'write' && page === 1) throw new Error('refused');
    };
    const { unsaved = 0, held } = (await world.next(round)) ?? {};

    expect(unsaved).toBeGreaterThan(50);
    expect(unsaved).toBeLessThan(200);
    expect(held).toBe(unsaved);
  });

  test('are all of them where one of the pages of a new number is missing, and nobody is judged by them', async () => {
    const { world, round } = await aWorld(150);
    for (let n = 150; n < 1_000; n += 1) world.add(`a-${n}`);
    world.checker.plan = (id) => (id === 'a-0' ? 'UNREACHABLE' : 'OK');
    world.pages.hook = (call, { pages, page }) => {
      if (call === 'write' && pages === 8 && page === 5) throw new Error('busy');
    };

    expect(await world.next(round)).toMatchObject({ pages: 1, unsaved: 1_000, held: 1_000 });
    expect(world.settled).toEqual([]);
  });
});
