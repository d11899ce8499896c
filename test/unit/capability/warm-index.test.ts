import { describe, expect, test } from '@jest/globals';
import { LATE_COMMIT_MS } from '../../../lambdas/agents/follow-log.ts';
import { firstUlidOf } from '../../../lambdas/shared/ids.ts';
import { aChange, aDigest, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { anIndex, changeAt, OUT_OF_REACH } from '../../support/told-table.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

describe('a warm index', () => {
  test('starts from the heads and what the log has newer', async () => {
    const { table, ids } = anIndex();
    table.heads = [aDigest({ id: 'a' }), aDigest({ id: 'b', revision: 4 })];
    table.log = [changeAt(START - 2_000, 'b', 3), changeAt(START - 1_000, 'b', 5), changeAt(START, 'c')];

    expect(await ids()).toEqual(['a#1', 'b#5', 'c#1']);
  });

  test('does not let agents stand that went while the list of heads lagged behind', async () => {
    const { table, ids } = anIndex();
    table.heads = [aDigest({ id: 'a', revision: 1 })];
    table.log = [aChange({ id: 'a', revision: 2 }, { type: 'AgentUnregistered', id: firstUlidOf(START - 500) })];

    expect(await ids()).toEqual([]);
  });

  test('answers from its copy while that is no older than the bound', async () => {
    const { table, clock, index } = anIndex();
    expect((await index.fresh()).age()).toBe(0);
    clock.advance(1_000);

    expect((await index.fresh()).age()).toBe(1_000);
    expect(table.readsOfLog).toBe(1);
  });

  test('refreshes an older copy from the log alone', async () => {
    const { table, clock, index, ids } = anIndex();
    await index.fresh();
    table.log = [changeAt(START + 500, 'a')];
    clock.advance(1_001);

    expect(await ids()).toEqual(['a#1']);
    expect((await index.fresh()).age()).toBe(0);
    expect(table).toMatchObject({ readsOfHeads: 1, readsOfLog: 2 });
  });

  test('finds entries that commit late, behind what it has read already', async () => {
    const { table, clock, ids } = anIndex();
    table.log = [changeAt(START, 'a')];
    await ids();
    clock.advance(2_000);
    table.log.push(changeAt(START - LATE_COMMIT_MS, 'late'), changeAt(START - LATE_COMMIT_MS - 1, 'too-late'));

    expect(await ids()).toEqual(['a#1', 'late#1']);
  });

  test('finds late entries behind the newest it has seen, not behind its own clock', async () => {
    const { table, clock, ids } = anIndex();
    await ids();
    clock.advance(60_000);
    table.log.push(changeAt(START - LATE_COMMIT_MS, 'a'));

    expect(await ids()).toEqual(['a#1']);
  });

  test('is not led astray by a writer whose clock runs ahead', async () => {
    const { table, clock, ids } = anIndex();
    await ids();
    table.log.push(changeAt(START + 3_600_000, 'ahead'));
    clock.advance(2_000);
    await ids();
    table.log.push(changeAt(START + 3_000, 'on-time'));
    clock.advance(2_000);

    expect(await ids()).toEqual(['ahead#1', 'on-time#1']);
  });

  test('reads once for all who ask meanwhile', async () => {
    const { table, clock, index } = anIndex();
    await Promise.all([index.fresh(), index.fresh(), index.fresh()]);
    clock.advance(5_000);
    await Promise.all([index.fresh(), index.fresh()]);

    expect(table).toMatchObject({ readsOfHeads: 1, readsOfLog: 2 });
  });

  test('tells everybody who waits that a refresh failed, and tries again for the next', async () => {
    const { table, clock, index, ids } = anIndex();
    await index.fresh();
    table.log = [changeAt(START + 1, 'a'), changeAt(START + 2, 'b')];
    table.failsAfterPages = 1;
    clock.advance(2_000);
    const failed = await Promise.all([rejectionOf(index.fresh()), rejectionOf(index.fresh())]);
    table.failsAfterPages = Number.POSITIVE_INFINITY;

    for (const error of failed) expect(error).toMatchObject(OUT_OF_REACH);
    expect(await ids()).toEqual(['a#1', 'b#1']);
    expect((await index.fresh()).age()).toBe(0);
  });

  test('does not call a copy fresh whose refresh failed half-way', async () => {
    const { table, clock, index } = anIndex();
    await index.fresh();
    table.log = [changeAt(START + 1, 'a'), changeAt(START + 2, 'b')];
    table.failsAfterPages = 1;
    clock.advance(2_000);
    await rejectionOf(index.fresh());

    expect(await rejectionOf(index.fresh())).toMatchObject(OUT_OF_REACH);
  });

  test('starts again from nothing when its first start failed', async () => {
    const { table, ids } = anIndex();
    table.heads = [aDigest({ id: 'a' })];
    table.failsAfterPages = 0;
    await rejectionOf(ids());
    table.failsAfterPages = Number.POSITIVE_INFINITY;

    expect(await ids()).toEqual(['a#1']);
  });

  test('starts anew when it has slept so long that the log may have lost what it has not seen', async () => {
    const { table, clock, ids } = anIndex();
    table.heads = [aDigest({ id: 'a' }), aDigest({ id: 'b' })];
    await ids();
    table.heads = [aDigest({ id: 'b', revision: 9 })];
    clock.advance(5 * 24 * 60 * 60 * 1000);

    expect(await ids()).toEqual(['b#9']);
    expect(table.readsOfHeads).toBe(2);
  });

  test('follows the log after a sleep that was shorter', async () => {
    const { table, clock, ids } = anIndex();
    await ids();
    clock.advance(5 * 24 * 60 * 60 * 1000 - 1);
    await ids();

    expect(table.readsOfHeads).toBe(1);
  });

  test('does not read the last changes before a quiet time again and again', async () => {
    const { table, clock, ids } = anIndex();
    table.log = Array.from({ length: 50 }, (_, n) => changeAt(START - n, `agent-${n}`));
    await ids();
    clock.advance(LATE_COMMIT_MS + 1);
    await ids();
    table.entriesRead = 0;
    clock.advance(2_000);
    expect(await ids()).toHaveLength(50);
    expect(table.entriesRead).toBe(0);
  });

  test('goes on in a quiet time by the time that passes, whatever the wall clock is set to', async () => {
    const steady = new VirtualTime();
    const { table, clock, ids } = anIndex({ steady });
    table.log = [changeAt(START, 'a')];
    await ids();
    clock.advance(3_600_000);
    steady.advance(2_000);
    await ids();
    table.log.push(changeAt(START + 2_000 - LATE_COMMIT_MS, 'b'));
    clock.advance(2_000);
    steady.advance(2_000);

    expect(await ids()).toEqual(['a#1', 'b#1']);
  });
});

describe('a copy is as old as the reading that made it', () => {
  test('counted from its beginning, however long it took', async () => {
    const { table, clock, index } = anIndex();
    table.slowness = () => clock.sleep(3_000);

    expect((await clock.until(index.fresh())).age()).toBe(3_000);
  });

  test('so it is refreshed again for the next who asks', async () => {
    const { table, clock, index } = anIndex();
    table.slowness = () => clock.sleep(3_000);
    await clock.until(index.fresh());
    table.slowness = async () => undefined;

    expect((await index.fresh()).age()).toBe(0);
  });

  test('and a reading under way does only for those who come within the bound', async () => {
    const { table, clock, index } = anIndex();
    table.slowness = () => clock.sleep(2_000);
    const first = index.fresh();
    await clock.pass(1_000);
    const second = index.fresh();
    await clock.pass(1);
    table.log = [changeAt(START, 'a')];
    const third = index.fresh();

    expect([await clock.until(first), await clock.until(second)].map(({ age }) => age())).toEqual([2_000, 2_000]);
    expect((await clock.until(third)).age()).toBe(2_000);
    expect((await third).directory.get('a')).toBeDefined();
  });

  test('when the wall clock is set back', async () => {
    const steady = new VirtualTime();
    const { table, clock, index } = anIndex({ steady });
    await index.fresh();
    table.log = [changeAt(START, 'a')];
    clock.advance(-500);
    expect((await index.fresh()).directory.get('a')).toBeDefined();

    steady.advance(2_000);
    clock.advance(600);
    await index.fresh();
    expect(table.readsOfLog).toBe(3);
  });

  test('when the steady clock stood still while the function was frozen', async () => {
    const { table, clock, index } = anIndex({ steady: new VirtualTime() });
    await index.fresh();
    clock.advance(1_000);
    expect((await index.fresh()).age()).toBe(1_000);
    clock.advance(1);

    expect((await index.fresh()).age()).toBe(0);
    expect(table.readsOfLog).toBe(2);
  });
});
