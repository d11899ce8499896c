import { describe, expect, test } from '@jest/globals';
import { MAX_WAIT_MS } from '../../../lambdas/capability/warm-index.ts';
import { aChange, aHead, START } from '../../support/agents.ts';
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
    expect(looks).toEqual([0, 50, 150, 350, 750, 1_550]);
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
    const agents = { load: async () => ({ head: aHead({ id: 'a', deleted, revision }), layers: [] }) };
    const { clock, index } = anIndex({ agents });
    const outcome = clock.until(index.fresh(wanted).then(({ directory }) => directory.get('a') === undefined));

    expect(await outcome.catch(({ status }) => status)).toBe(known || 503);
  });

  test('does not take the table for the index where the index knows an older revision', async () => {
    const agents = { load: async () => ({ head: aHead({ id: 'a', deleted: true, revision: 2 }), layers: [] }) };
    const { table, clock, index } = anIndex({ agents });
    table.log = [changeAt(START, 'a', 1)];

    expect(await clock.until(rejectionOf(index.fresh(wanted)))).toMatchObject({ status: 503 });
  });
});
