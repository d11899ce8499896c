import { describe, expect, test } from '@jest/globals';
import { type CheckReason, checkResult } from '../../../../lambdas/health/checks/check-result.ts';
import { outcomeOf } from '../../../../lambdas/health/health-status.ts';
import type { CheckPageStore } from '../../../../lambdas/health/rounds/check-page-store.ts';
import { CheckWorld } from '../../../support/check-world.ts';
import { rejectionOf } from '../../../support/errors.ts';

/** A fleet of so many agents, `a-0`, `a-1`, …, and a function that makes rounds. */
function aWorld(agents = 5) {
  const world = new CheckWorld();
  for (let n = 0; n < agents; n += 1) world.add(`a-${n}`);
  return { world, round: world.round() };
}

const reasonsOf = async (world: CheckWorld, agentId: string) =>
  (await world.stored()).get(agentId)?.recent.map(({ details }) => details?.reason);

describe('a round', () => {
  test('asks all, keeps what was found, and tells of itself', async () => {
    const { world, round } = aWorld();
    const found = new Map<string, CheckReason | undefined>([
      ['a-0', 'TIMEOUT'],
      ['a-1', 'TASKS_PENDING'],
      ['a-2', undefined],
    ]);
    world.checker.plan = (id) => (found.has(id) ? found.get(id) : 'OK');
    world.checker.during = () => world.clock.advance(1_500);

    const report = await world.next(round);

    expect(report).toEqual({
      round: 1,
      at: world.clock.now(),
      tookMs: 1_500,
      pages: 1,
      targets: 5,
      results: { passed: 2, partial: 1, failed: 1, unasked: 1 },
      suspected: false,
      unsaved: 0,
      held: 0,
    });
    expect(world.reports.report).toEqual(report);
    const stored = await world.stored();
    expect([...stored].map(([id, { streak }]) => [id, streak])).toEqual([
      ['a-0', -1],
      ['a-1', 0],
      ['a-3', 1],
      ['a-4', 1],
    ]);
  });

  test('has those judged anew of whom it says something else than the registry', async () => {
    const { world, round } = aWorld();
    world.checker.plan = (id) => (id === 'a-0' ? 'TIMEOUT' : 'OK');

    await world.next(round);
    expect(world.settled).toEqual([]);
    await world.next(round);
    expect(world.settled).toEqual(['a-1', 'a-2', 'a-3', 'a-4']);
    await world.next(round);
    expect(world.settled.slice(4)).toEqual(['a-0']);

    expect(Object.fromEntries(world.health)).toEqual({
      'a-0': 'unhealthy',
      'a-1': 'healthy',
      'a-2': 'healthy',
      'a-3': 'healthy',
      'a-4': 'healthy',
    });
    await world.next(round);
    expect(world.settled).toHaveLength(5);
  });

  test('looks again at whoever was judged and stayed as it was, or could not be written', async () => {
    const { world, round } = aWorld(3);
    world.whenSettled = (id) => {
      if (id === 'a-1') throw new Error('busy');
    };
    await world.next(round);
    await world.next(round);
    expect([...world.health.values()]).toEqual(['healthy', 'unknown', 'healthy']);
    expect(world.failures).toEqual(['settling a-1: busy']);

    world.whenSettled = () => undefined;
    await world.next(round);

    expect([...world.health.values()]).toEqual(['healthy', 'healthy', 'healthy']);
  });

  test('writes no page again of whose agents none was asked', async () => {
    const { world, round } = aWorld(3);
    for (const id of world.declared.keys()) world.add(id, { intervalSeconds: 300 });
    await world.next(round);
    await world.next(round);

    expect(world.pages.writes).toBe(1);
  });

  test('is not made while another one is under way', async () => {
    const { world, round } = aWorld();
    let second: unknown = 'not made';
    world.checker.during = async () => {
      second = await world.round().run(world.clock.now() + 60_000);
    };

    expect(await world.next(round)).toMatchObject({ round: 1 });
    expect(second).toBeUndefined();
    expect(world.checker.rounds).toHaveLength(1);
  });

  test('gives the lease back when it fails, so that the next one needs not wait', async () => {
    const { world, round } = aWorld();
    const failing = world.round({ watched: () => Promise.reject(new Error('out of reach')) });

    expect(await rejectionOf(world.next(failing))).toEqual(new Error('out of reach'));
    expect(await round.run(world.clock.now() + 60_000)).toMatchObject({ round: 1 });
  });

  test('leaves time at its end for what follows the asking', async () => {
    const { world, round } = aWorld();
    const deadlines: number[] = [];
    const check = world.checker.check.bind(world.checker);
    world.checker.check = async (targets, deadline = 0) => {
      deadlines.push((deadline as number) - world.clock.now());
      return check(targets);
    };

    await round.run(world.clock.now() + 30_000);
    world.clock.advance(30_000);
    await round.run(world.clock.now() + 900_000);

    expect(deadlines).toEqual([20_000, 22_000]);
  });
});

describe('an agent', () => {
  test('is asked no more often than its interval says', async () => {
    const { world, round } = aWorld(0);
    world.add('often', { intervalSeconds: 10 });
    world.add('usual');
    world.add('seldom', { intervalSeconds: 90 });
    world.add('daily', { intervalSeconds: 86_400 });

    for (let n = 0; n < 7; n += 1) await world.next(round);

    const asked = (id: string) => world.checker.rounds.flatMap((ids, n) => (ids.includes(id) ? [n] : []));
    expect(asked('often')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(asked('usual')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(asked('seldom')).toEqual([0, 3, 6]);
    expect(asked('daily')).toEqual([0]);
  });

  test('that is to be checked by Lambda is asked for every five minutes at most', async () => {
    const { world, round } = aWorld(0);
    world.add('function', { type: 'lambda', functionName: 'f', intervalSeconds: 30 });

    for (let n = 0; n < 21; n += 1) await world.next(round);

    expect(world.checker.rounds).toHaveLength(3);
  });

  test('that hangs after it was found unhealthy is asked after 60, then every 120 seconds, and never more rarely', async () => {
    const { world, round } = aWorld(2);
    world.checker.plan = (id) => (id === 'a-0' ? 'TIMEOUT' : 'OK');
    const times: number[] = [];
    const start = world.clock.now() + 30_000;
    world.checker.during = (targets) => {
      if (targets.some(({ agentId }) => agentId === 'a-0')) times.push((world.clock.now() - start) / 1_000);
    };

    for (let n = 0; n < 21; n += 1) await world.next(round);

    expect(times).toEqual([0, 30, 60, 120, 240, 360, 480, 600]);
  });

  test('that fails at once is asked as often as ever', async () => {
    const { world, round } = aWorld(2);
    world.checker.plan = (id) => (id === 'a-0' ? 'UNREACHABLE' : 'OK');

    for (let n = 0; n < 8; n += 1) await world.next(round);

    expect(world.checker.rounds.every((ids) => ids.includes('a-0'))).toBe(true);
  });

  test('that comes back after it hung is asked as ever again', async () => {
    const { world, round } = aWorld(2);
    world.checker.plan = (id) => (id === 'a-0' && world.checker.rounds.length <= 4 ? 'TIMEOUT' : 'OK');

    for (let n = 0; n < 14; n += 1) await world.next(round);

    expect(world.checker.rounds.slice(-4).every((ids) => ids.includes('a-0'))).toBe(true);
    expect(world.health.get('a-0')).toBe('healthy');
  });

  test('that declares no such check any more is judged without it, and what was known of it is gone', async () => {
    const { world, round } = aWorld(3);
    await world.next(round);
    await world.next(round);
    world.declared.delete('a-1');

    await world.next(round);

    expect(world.health.get('a-1')).toBe('unknown');
    expect([...(await world.stored()).keys()]).toEqual(['a-0', 'a-2']);
    await world.next(round);
    expect(world.settled.filter((id) => id === 'a-1')).toHaveLength(2);
  });

  test('is judged without its check the next time, where that failed', async () => {
    const { world, round } = aWorld(3);
    await world.next(round);
    await world.next(round);
    world.declared.delete('a-1');
    world.whenSettled = () => {
      throw new Error('busy');
    };
    await world.next(round);
    world.whenSettled = () => undefined;

    // A function that knows nothing of it but what is stored.
    await world.next(world.round());

    expect(world.health.get('a-1')).toBe('unknown');
  });

  test('whose page could not be written is not judged by what nobody else can see', async () => {
    const { world, round } = aWorld(3);
    await world.next(round);
    world.pages.hook = (call) => {
      if (call === 'write') throw new Error('busy');
    };
    await world.next(round);
    expect([world.settled, world.failures]).toEqual([[], ['writing a page: busy']]);

    world.pages.hook = () => undefined;
    await world.next(round);

    expect([...world.health.values()]).toEqual(['healthy', 'healthy', 'healthy']);
    expect(await reasonsOf(world, 'a-0')).toEqual(['OK', 'OK']);
  });
});

describe('a checker whose targets all fail at once', () => {
  const broken = async () => {
    const { world, round } = aWorld(5);
    await world.next(round);
    await world.next(round);
    world.checker.plan = () => 'UNREACHABLE';
    return { world, round };
  };

  test('is suspected itself: nothing is kept, nobody changes', async () => {
    const { world, round } = await broken();

    for (let n = 0; n < 5; n += 1) {
      expect(await world.next(round)).toMatchObject({ suspected: true, held: 5, results: { failed: 5, passed: 0 } });
    }

    expect(new Set(world.health.values())).toEqual(new Set(['healthy']));
    expect(await reasonsOf(world, 'a-0')).toEqual(['OK', 'OK']);
  });

  test('is believed again when a single one does not fail', async () => {
    const { world, round } = await broken();
    await world.next(round);
    world.checker.plan = (id) => (id === 'a-0' ? 'OK' : 'UNREACHABLE');

    expect(await world.next(round)).toMatchObject({ suspected: false, held: 0 });
    await world.next(round);
    await world.next(round);

    expect([...world.health.values()]).toEqual(['healthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy']);
  });

  test('is believed when an operator says that it is right', async () => {
    const { world, round } = await broken();
    await world.next(round);
    world.reports.word = { mode: 'evict', until: world.clock.now() + 900_000, actor: 'op', reason: 'it is down' };

    for (let n = 0; n < 3; n += 1) expect(await world.next(round)).toMatchObject({ suspected: false, held: 0 });

    expect(new Set(world.health.values())).toEqual(new Set(['unhealthy']));
  });

  test.each([
    ['an operator who wants nobody evicted', 'hold' as const, 900_000],
    ['the word of an operator that has ended', 'evict' as const, 1],
  ])('is suspected in spite of %s', async (_, mode, lasts) => {
    const { world, round } = await broken();
    world.reports.word = { mode, until: world.clock.now() + lasts, actor: 'op', reason: 'so' };

    expect(await world.next(round)).toMatchObject({ suspected: true });
  });

  test('is believed where fewer than three did not fail before', async () => {
    const { world, round } = aWorld(5);
    world.checker.plan = (id) => (id < 'a-2' ? 'OK' : 'UNREACHABLE');
    for (let n = 0; n < 3; n += 1) await world.next(round);
    world.checker.plan = () => 'UNREACHABLE';

    expect(await world.next(round)).toMatchObject({ suspected: false, results: { failed: 5 } });
  });

  test('is suspected from the first round on: nobody knows yet whether it ever worked', async () => {
    const { world, round } = aWorld(3);
    world.checker.plan = () => 'UNREACHABLE';

    expect(await world.next(round)).toMatchObject({ suspected: true, held: 3 });
  });

  test('is not suspected for those of whom it says nothing', async () => {
    const { world, round } = await broken();
    world.checker.plan = () => undefined;

    expect(await world.next(round)).toMatchObject({ suspected: false, held: 0, results: { unasked: 5 } });
  });
});

describe('a warm function', () => {
  test('reads no pages while nobody else has made a round', async () => {
    const { world, round } = aWorld();
    await world.next(round);
    const { reads } = world.pages;

    await world.next(round);
    await world.next(round);

    expect(world.pages.reads).toBe(reads);
    expect(await reasonsOf(world, 'a-0')).toEqual(['OK', 'OK', 'OK']);
  });

  test('reads them anew after somebody else did', async () => {
    const { world, round } = aWorld();
    await world.next(round);
    world.checker.plan = (id) => (id === 'a-0' ? 'GATED' : 'OK');
    await world.next(world.round());
    world.checker.plan = () => 'OK';

    await world.next(round);

    expect(await reasonsOf(world, 'a-0')).toEqual(['OK', 'GATED', 'OK']);
  });

  test('writes over nothing that it has not seen', async () => {
    const { world, round } = aWorld();
    await world.next(round);
    // Somebody lost the lease, and comes to the end all the same.
    const late: CheckPageStore = { read: (place) => world.pages.read(place), write: async () => false };
    await world.next(world.round({ pages: late }));

    expect(world.failures).toEqual(['writing a page: Page 0 of 1 was written by somebody else']);
    await world.next(round);
    expect(await reasonsOf(world, 'a-0')).toEqual(['OK', 'OK']);
  });
});

describe('a round that ends half-way', () => {
  /** Its pages are written, and it gets no further. */
  const cutShort = async (world: CheckWorld) => {
    const saveRound = () => Promise.reject(new Error('gone'));
    const reports = { round: () => world.reports.round(), override: async () => undefined, saveRound };
    await rejectionOf(world.next(world.round({ reports })));
  };

  test('leaves pages that a warm function finds before it spreads them anew', async () => {
    const { world, round } = aWorld(150);
    await world.next(round);
    await cutShort(world);
    for (let n = 150; n < 200; n += 1) world.add(`a-${n}`);

    expect(await world.next(round)).toMatchObject({ pages: 2 });

    expect((await world.stored()).get('a-0')?.streak).toBe(3);
  });

  test('leaves no memory behind of what may not be stored so', async () => {
    const { world } = aWorld(5);
    let isLost = false;
    const lost = async <Result>(answer: Promise<Result>): Promise<Result> => {
      const result = await answer;
      if (isLost) throw new Error('lost');
      return result;
    };
    const round = world.round({
      pages: {
        read: (place) => world.pages.read(place),
        write: (place, agents, version) => lost(world.pages.write(place, agents, version)),
      },
      reports: {
        round: () => world.reports.round(),
        override: async () => undefined,
        saveRound: (kind, report) => (isLost ? lost(Promise.resolve(true)) : world.reports.saveRound(kind, report)),
      },
    });
    await world.next(round);
    isLost = true;
    await rejectionOf(world.next(round));
    isLost = false;

    await world.next(round);

    expect((await world.stored()).get('a-0')?.streak).toBe(3);
  });
});

describe('a fleet that grows and shrinks', () => {
  test('moves to more pages, and to fewer, and loses nothing', async () => {
    const { world, round } = aWorld(150);
    expect(await world.next(round)).toMatchObject({ pages: 1 });
    for (let n = 150; n < 1_000; n += 1) world.add(`a-${n}`);
    expect(await world.next(round)).toMatchObject({ pages: 8 });
    for (let n = 100; n < 1_000; n += 1) world.remove(`a-${n}`);
    expect(await world.next(round)).toMatchObject({ pages: 1 });

    const stored = await world.stored();
    expect(stored.size).toBe(100);
    expect([...stored.values()].every(({ streak, recent }) => streak === 3 && recent.length === 3)).toBe(true);
  });

  test('keeps the old pages while one of the new ones is missing', async () => {
    const { world, round } = aWorld(150);
    await world.next(round);
    for (let n = 150; n < 1_000; n += 1) world.add(`a-${n}`);
    world.pages.hook = (call, { pages, page }) => {
      if (call === 'write' && pages === 8 && page === 5) throw new Error('busy');
    };
    expect(await world.next(round)).toMatchObject({ pages: 1 });
    world.pages.hook = () => undefined;

    expect(await world.next(round)).toMatchObject({ pages: 8 });
    const stored = await world.stored();
    expect(stored.size).toBe(1_000);
    expect(stored.get('a-0')?.streak).toBe(2);
  });

  test('is asked 5,000 at a time, those first who have waited longest, though some can never be asked', async () => {
    const { world, round } = aWorld(6_000);
    world.checker.plan = (id) => (Number(id.slice(2)) < 2_000 ? undefined : 'OK');

    expect(await world.next(round)).toMatchObject({ targets: 6_000, results: { passed: 3_000, unasked: 2_000 } });
    await world.next(round);
    expect(world.checker.rounds.map((ids) => ids.length)).toEqual([5_000, 5_000]);
    expect(world.checker.rounds[1]?.slice(0, 1_000)).toEqual(Array.from({ length: 1_000 }, (_, n) => `a-${5_000 + n}`));

    await world.next(round);
    const stored = await world.stored();
    expect(stored.size).toBe(4_000);
    expect(Math.max(...world.pages.sizes())).toBeLessThan(400 * 1024);
  });
});

test('the singleton may be lost: the pages are found again', async () => {
  const { world, round } = aWorld(200);
  await world.next(round);
  world.reports.report = undefined;

  expect(await world.next(world.round())).toMatchObject({ round: 1, pages: 2 });
  expect((await world.stored()).get('a-0')?.streak).toBe(2);
});

test('what it finds is what is told to everybody', async () => {
  const { world, round } = aWorld(1);
  await world.next(round);

  const [result] = (await world.stored()).get('a-0')?.recent ?? [];
  expect(result).toEqual(checkResult('a-0', 'http', { reason: 'OK', at: world.clock.now(), responseTime: 7 }));
  expect(result && outcomeOf(result)).toBe('passed');
});
