import { describe, expect, test } from '@jest/globals';
import type { Change, ChangeLog, HeadList } from '../../../lambdas/agents/change.ts';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { LATE_COMMIT_MS } from '../../../lambdas/capability/index-copy.ts';
import { MAX_WAIT_MS, WarmIndex, type WarmIndexSources } from '../../../lambdas/capability/warm-index.ts';
import { firstUlidOf } from '../../../lambdas/shared/ids.ts';
import { aChange, aDigest, aHead, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

/** A table that tells what was read of it, and fails or is slow when it is told to. */
class FakeTable implements ChangeLog, HeadList {
  heads: AgentDigest[] = [];
  log: Change[] = [];
  readsOfLog = 0;
  readsOfHeads = 0;
  entriesRead = 0;
  /** Throws at the first page after this many. */
  failsAfterPages = Number.POSITIVE_INFINITY;
  /** What is waited for between what a reading finds and its first page. */
  slowness: () => Promise<unknown> = async () => undefined;

  async newestId(): Promise<string | undefined> {
    return this.log
      .map(({ id }) => id)
      .sort()
      .at(-1);
  }

  async *read(from: string): AsyncGenerator<readonly Change[]> {
    this.readsOfLog += 1;
    const entries = this.log.filter(({ id }) => id >= from).sort((a, b) => (a.id < b.id ? -1 : 1));
    await this.slowness();
    for (const [page, change] of entries.entries()) {
      if (page >= this.failsAfterPages) throw new Error('the log is out of reach');
      this.entriesRead += 1;
      yield [change];
    }
  }

  async *readAll(): AsyncGenerator<readonly AgentDigest[]> {
    this.readsOfHeads += 1;
    if (this.failsAfterPages === 0) throw new Error('the heads are out of reach');
    yield this.heads.slice(0, 1);
    yield this.heads.slice(1);
  }
}

function anIndex(overrides: Partial<WarmIndexSources> = {}) {
  const table = new FakeTable();
  const clock = new VirtualTime();
  const { sleep } = clock;
  const index = new WarmIndex({ changes: table, heads: table, clock, sleep, maxStaleness: 1_000, ...overrides });
  const ids = async () => (await index.fresh()).directory.all().map(({ id, revision }) => `${id}#${revision}`);
  return { table, clock, index, ids };
}

/** A change whose id was made at a time. */
const changeAt = (time: number, id: string, revision = 1) => aChange({ id, revision }, { id: firstUlidOf(time) });

/** What callers are told, and what the log is: try again. */
const OUT_OF_REACH = { status: 503, retryAfter: 1, cause: new Error('the log is out of reach') };

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
