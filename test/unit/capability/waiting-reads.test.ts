import { describe, expect, test } from '@jest/globals';
import { MAX_START_MS, MAX_WAIT_MS } from '../../../lambdas/capability/warm-index.ts';
import { aChange, aDigest, aHead, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { anIndex, changeAt, OUT_OF_REACH } from '../../support/told-table.ts';

describe('a refresh that hangs', () => {
  const hanging = async () => {
    const world = anIndex();
    await world.index.fresh();
    const hung = Promise.withResolvers<void>();
    world.table.slowness = () => hung.promise;
    world.clock.advance(2_000);
    return { ...world, hung };
  };

  test('lets nobody wait past the bound', async () => {
    const { clock, index } = await hanging();
    const first = rejectionOf(index.fresh());
    await clock.pass(MAX_WAIT_MS - 1);
    const last = rejectionOf(index.fresh());
    await clock.pass(1);

    expect(await first).toMatchObject({ status: 503, retryAfter: 1 });
    await clock.pass(MAX_WAIT_MS - 1);
    expect(await last).toMatchObject({ status: 503, retryAfter: 1 });
    await clock.pass(1);
    expect(clock.sleeping).toBe(0);
  });

  test('is given up: who comes later has one of their own', async () => {
    const { table, clock, ids } = await hanging();
    const failed = rejectionOf(ids());
    await clock.pass(MAX_WAIT_MS);
    await failed;
    table.slowness = async () => undefined;
    table.log = [changeAt(START + 1, 'a')];

    expect(await ids()).toEqual(['a#1']);
  });

  test('does not make the copy old again when it comes to its end after all', async () => {
    const { table, clock, index, hung } = await hanging();
    const failed = rejectionOf(index.fresh());
    await clock.pass(MAX_WAIT_MS);
    await failed;
    table.slowness = async () => undefined;
    await index.fresh();
    hung.resolve();
    await clock.pass(1);

    expect((await index.fresh()).age()).toBe(1);
  });
});

describe('a start from nothing that takes longer than anybody waits', () => {
  /** An index whose list of heads takes so long to read, or for ever. */
  const starting = (milliseconds?: number) => {
    const starts: number[] = [];
    const world = anIndex({
      heads: {
        async *readAll() {
          starts.push(world.clock.now() - START);
          await (milliseconds === undefined ? new Promise(() => undefined) : world.clock.sleep(milliseconds));
          yield [aDigest({ id: 'a' })];
        },
      },
    });
    const refused = async () => {
      const error = rejectionOf(world.index.fresh());
      await world.clock.pass(MAX_WAIT_MS);
      expect(await error).toMatchObject({ status: 503 });
    };
    return { ...world, starts, refused };
  };

  test('serves the third who comes, was begun once, and is followed up', async () => {
    const { table, clock, ids, starts, refused } = starting(25_000);
    await refused();
    await refused();
    const third = ids();
    await clock.pass(2_000);
    table.log = [changeAt(START + 22_000, 'b')];

    expect(await clock.until(third)).toEqual(['a#1', 'b#1']);
    expect([clock.now() - START, starts, table.readsOfLog]).toEqual([25_000, [0], 1]);
  });

  test('is as young as the request that it serves', async () => {
    const { clock, index, refused } = starting(25_000);
    await refused();
    await refused();

    expect((await clock.until(index.fresh())).age()).toBe(5_000);
  });

  test('is not lost where nobody waits for its end', async () => {
    const { clock, ids, starts, refused } = starting(25_000);
    await refused();
    await clock.pass(30_000);

    expect([await ids(), starts]).toEqual([['a#1'], [0]]);
  });

  test('is begun again only when it seems to have no end', async () => {
    const { clock, starts, refused } = starting();
    await refused();
    await clock.pass(MAX_START_MS - MAX_WAIT_MS - 1);
    await refused();
    expect(starts).toEqual([0]);
    await refused();

    expect(starts).toEqual([0, MAX_START_MS + MAX_WAIT_MS - 1]);
  });
});

describe('a copy that is made ready for a question', () => {
  test('is brought up to date again where that took its time', async () => {
    const { table, clock, index } = anIndex();
    const answer = index.fresh(undefined, async () => {
      if (table.log.length > 0) return;
      table.log = [changeAt(START + 1, 'a')];
      await clock.sleep(4_000);
    });
    const { directory, age } = await clock.until(answer);

    expect([directory.get('a')?.revision, age()]).toEqual([1, 0]);
  });

  test('is not read again where that took no time', async () => {
    const { table, index } = anIndex();
    const prepared: unknown[] = [];
    const { directory } = await index.fresh(undefined, async (one) => prepared.push(one));

    expect(prepared).toEqual([directory]);
    expect(table.readsOfLog).toBe(1);
  });

  test('is made ready anew where another one came in its place', async () => {
    const { clock, index } = anIndex();
    const prepared: unknown[] = [];
    const { directory } = await index.fresh(undefined, async (one) => {
      if (prepared.push(one) === 1) clock.advance(6 * 24 * 60 * 60 * 1000);
    });

    expect(prepared).toHaveLength(2);
    expect(prepared[1]).toBe(directory);
    expect(prepared[0]).not.toBe(directory);
  });

  test('keeps nobody waiting past the bound', async () => {
    const { table, clock, index } = anIndex();
    table.slowness = () => clock.sleep(6_000);
    const answer = rejectionOf(index.fresh(undefined, () => clock.sleep(3_000)));

    expect(await clock.until(answer)).toMatchObject({ status: 503, retryAfter: 1 });
    expect(clock.now() - START).toBe(MAX_WAIT_MS);
  });
});

describe('a read that waits for a write', () => {
  const wanted = { agentId: 'a', revision: 2 };
  const second = changeAt(START, 'a', 2);

  test('is answered at once where the copy knows it, or a later one', async () => {
    const { table, clock, index } = anIndex();
    table.log = [changeAt(START, 'a', 3), changeAt(START, 'b', 2)];
    await index.fresh();
    clock.advance(1_000);

    expect((await index.fresh(wanted)).age()).toBe(1_000);
    expect((await index.fresh({ agentId: 'b', revision: 2 })).age()).toBe(1_000);
    expect(table.readsOfLog).toBe(1);
  });

  test('takes a tombstone for what it is: a revision', async () => {
    const { table, index } = anIndex();
    table.log = [aChange({ id: 'a', revision: 2 }, { type: 'AgentUnregistered' })];
    const { directory } = await index.fresh(wanted);

    expect(directory.get('a')).toBeUndefined();
    expect(table.readsOfLog).toBe(1);
  });

  test('knows no copy that is young enough without it', async () => {
    const { table, index } = anIndex();
    await index.fresh();
    table.log = [second];
    const { directory, age } = await index.fresh(wanted);

    expect([directory.get('a')?.revision, age()]).toEqual([2, 0]);
  });

  test('keeps to the bound where the copy knows the write but is old', async () => {
    const { table, clock, index } = anIndex();
    table.log = [second];
    await index.fresh();
    table.log.push(changeAt(START + 1, 'b'));
    clock.advance(1_001);

    expect((await index.fresh(wanted)).directory.get('b')).toBeDefined();
  });

  test('does not take a refresh that began before it came, and shares the next', async () => {
    const { table, clock, index } = anIndex();
    await index.fresh();
    table.log = [changeAt(START, 'b')];
    table.slowness = () => clock.sleep(300);
    const before = index.fresh({ agentId: 'b', revision: 1 });
    await clock.pass(100);
    table.log = [second];
    const waiting = [index.fresh(wanted), index.fresh(wanted), index.fresh(wanted)];

    expect((await clock.until(before)).age()).toBe(300);
    for (const one of waiting) expect((await clock.until(one)).directory.get('a')?.revision).toBe(2);
    expect([table.readsOfLog, clock.now() - START]).toEqual([3, 600]);
  });

  test('gets the next refresh even where the one before it fails', async () => {
    const { table, clock, index } = anIndex();
    await index.fresh();
    table.log = [changeAt(START, 'b')];
    table.failsAfterPages = 0;
    table.slowness = () => clock.sleep(300);
    const before = rejectionOf(index.fresh({ agentId: 'b', revision: 1 }));
    await clock.pass(100);
    table.log = [second];
    const after = index.fresh(wanted);
    await clock.pass(200);
    table.failsAfterPages = Number.POSITIVE_INFINITY;

    expect(await before).toMatchObject(OUT_OF_REACH);
    expect((await clock.until(after)).directory.get('a')?.revision).toBe(2);
  });

  test('looks again with growing pauses, and gives up after two seconds naming what it missed', async () => {
    const { table, clock, index } = anIndex();
    await index.fresh();
    const looks: number[] = [];
    table.slowness = async () => {
      looks.push(clock.now() - START);
    };

    expect(await clock.until(rejectionOf(index.fresh(wanted)))).toMatchObject({
      status: 503,
      retryAfter: 1,
      message: 'The index does not know revision 2 of agent a yet.',
    });
    expect(looks).toEqual([0, 50, 150, 350, 750, 1_550, 2_000]);
    expect(clock.sleeping).toBe(0);
  });

  test('finds what the stream appends again in the meantime', async () => {
    const { table, clock, index } = anIndex();
    await index.fresh();
    const answer = index.fresh(wanted);
    await clock.pass(900);
    table.log = [second];

    expect((await clock.until(answer)).directory.get('a')?.revision).toBe(2);
  });

  test('is told at once that a refresh failed', async () => {
    const { table, clock, index } = anIndex();
    await index.fresh();
    table.log = [second];
    table.failsAfterPages = 0;

    expect(await rejectionOf(index.fresh(wanted))).toMatchObject(OUT_OF_REACH);
    expect(clock.now()).toBe(START);
  });

  test.each([
    ['deleted at that revision', true, 2, true],
    ['deleted later', true, 3, true],
    ['deleted before', true, 1, false],
    ['living', false, 2, false],
  ])('asks the table for an agent that no base tells of: one %s', async (_, deleted, revision, known) => {
    const agents = { head: async () => aHead({ id: 'a', deleted, revision }) };
    const { clock, index } = anIndex({ agents });
    const outcome = clock.until(index.fresh(wanted).then(({ directory }) => directory.get('a') === undefined));

    expect(await outcome.catch(({ status }) => status)).toBe(known || 503);
  });

  test('asks the table once, however often it looks', async () => {
    let asked = 0;
    const agents = {
      head: async () => {
        asked += 1;
        return undefined;
      },
    };
    const { table, clock, index } = anIndex({ agents });

    expect(await clock.until(rejectionOf(index.fresh(wanted)))).toMatchObject({ status: 503 });
    expect([table.readsOfLog, asked]).toEqual([8, 1]);
  });

  test('does not take the table for the index where the index knows an older revision', async () => {
    const agents = { head: async () => aHead({ id: 'a', deleted: true, revision: 2 }) };
    const { table, clock, index } = anIndex({ agents });
    table.log = [changeAt(START, 'a', 1)];

    expect(await clock.until(rejectionOf(index.fresh(wanted)))).toMatchObject({ status: 503 });
  });
});
