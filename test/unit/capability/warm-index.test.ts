import { describe, expect, test } from '@jest/globals';
import type { Change, ChangeLog, HeadList } from '../../../lambdas/agents/change.ts';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { LATE_COMMIT_MS } from '../../../lambdas/capability/index-copy.ts';
import { WarmIndex } from '../../../lambdas/capability/warm-index.ts';
import { firstUlidOf } from '../../../lambdas/shared/ids.ts';
import { aChange, aDigest, clockAt, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';

/** A table that tells what was read of it, and fails when it is told to. */
class FakeTable implements ChangeLog, HeadList {
  heads: AgentDigest[] = [];
  log: Change[] = [];
  readsOfLog = 0;
  readsOfHeads = 0;
  entriesRead = 0;
  /** Throws at the first page after this many. */
  failsAfterPages = Number.POSITIVE_INFINITY;

  async newestId(): Promise<string | undefined> {
    return this.log
      .map(({ id }) => id)
      .sort()
      .at(-1);
  }

  async *read(from: string): AsyncGenerator<readonly Change[]> {
    this.readsOfLog += 1;
    const entries = this.log.filter(({ id }) => id >= from).sort((a, b) => (a.id < b.id ? -1 : 1));
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

function anIndex() {
  const table = new FakeTable();
  const clock = clockAt();
  const index = new WarmIndex({ changes: table, heads: table, clock, maxStaleness: 1_000 });
  const ids = async () => (await index.fresh()).directory.all().map(({ id, revision }) => `${id}#${revision}`);
  return { table, clock, index, ids };
}

/** A change whose id was made at a time. */
const changeAt = (time: number, id: string, revision = 1) => aChange({ id, revision }, { id: firstUlidOf(time) });

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
    expect((await index.fresh()).age).toBe(0);
    clock.advance(1_000);

    expect((await index.fresh()).age).toBe(1_000);
    expect(table.readsOfLog).toBe(1);
  });

  test('refreshes an older copy from the log alone', async () => {
    const { table, clock, index, ids } = anIndex();
    await index.fresh();
    table.log = [changeAt(START + 500, 'a')];
    clock.advance(1_001);

    expect(await ids()).toEqual(['a#1']);
    expect((await index.fresh()).age).toBe(0);
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

    expect(failed).toEqual(Array(2).fill(new Error('the log is out of reach')));
    expect(await ids()).toEqual(['a#1', 'b#1']);
    expect((await index.fresh()).age).toBe(0);
  });

  test('does not call a copy fresh whose refresh failed half-way', async () => {
    const { table, clock, index } = anIndex();
    await index.fresh();
    table.log = [changeAt(START + 1, 'a'), changeAt(START + 2, 'b')];
    table.failsAfterPages = 1;
    clock.advance(2_000);
    await rejectionOf(index.fresh());

    expect(await rejectionOf(index.fresh())).toEqual(new Error('the log is out of reach'));
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
    clock.advance(2 * 60_000);
    await ids();
    table.entriesRead = 0;
    clock.advance(2_000);
    expect(await ids()).toHaveLength(50);
    expect(table.entriesRead).toBe(0);
  });
});
