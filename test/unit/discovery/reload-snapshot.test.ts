import { describe, expect, test } from '@jest/globals';
import { planReload } from '../../../lambdas/discovery/reload-plan.ts';
import {
  changedSnapshot,
  type EntryChange,
  type ReloadSnapshot,
  type SnapshotEntry,
  updateSnapshot,
} from '../../../lambdas/discovery/reload-snapshot.ts';
import { WITHOUT_WAITING } from '../../support/agents.ts';
import { MemorySnapshotStore } from '../../support/memory-snapshot-store.ts';

const entry = (etag: string, more: Partial<SnapshotEntry> = {}): SnapshotEntry => ({
  etag,
  kind: 'agent',
  id: 'a',
  ...more,
});
const of = (held: SnapshotEntry | undefined): ReloadSnapshot => ({ entries: held ? { a: held } : {} });
const learnt = (held: SnapshotEntry | undefined, change: EntryChange) =>
  changedSnapshot(of(held), new Map([['a', change]]), {}).entries.a;

describe('what a snapshot learns of a manifest', () => {
  const [before, mine, theirs] = [entry('1'), entry('2'), entry('3')];

  test('is what the work found, where nobody else has looked at it', () => {
    expect(learnt(before, { from: before, to: mine })).toEqual(mine);
    expect(learnt(undefined, { from: undefined, to: mine })).toEqual(mine);
    expect(learnt(before, { from: before, to: undefined })).toBeUndefined();
  });

  test('is what others found meanwhile, where the work wrote nothing', () => {
    expect(learnt(theirs, { from: before, to: mine })).toEqual(theirs);
    expect(learnt(undefined, { from: before, to: mine })).toBeUndefined();
  });

  test('is what others found meanwhile, to be looked at again, where the work wrote', () => {
    expect(learnt(theirs, { from: before, to: mine, wrote: true })).toEqual({ ...theirs, doubtful: true });
    expect(learnt(theirs, { from: before, to: undefined, wrote: true })).toEqual({ ...theirs, doubtful: true });
    expect(learnt(undefined, { from: before, to: mine, wrote: true })).toEqual({ ...mine, doubtful: true });
  });

  test('is certain where all found the same', () => {
    expect(learnt(mine, { from: before, to: mine, wrote: true })).toEqual(mine);
    expect(learnt(undefined, { from: before, to: undefined, wrote: true })).toBeUndefined();
  });

  test('is nothing to wait for where it is gone by now', () => {
    const held = { count: 1, of: 9, since: '2026-11-21T10:00:00.000Z' };
    const missing = entry('1', { missingSince: held.since });
    const change = new Map([['a', { from: before, to: missing }]]);

    expect(changedSnapshot(of(before), change, { held })).toEqual({ ...of(missing), held });
    expect(changedSnapshot(of(undefined), change, { held })).toEqual(of(undefined));
  });

  test('is kept under every name that an agent may have', () => {
    const change = new Map([['constructor', { from: undefined, to: mine }]]);
    const { entries } = changedSnapshot({ entries: {} }, change, {});

    expect(Object.entries(entries)).toEqual([['constructor', mine]]);
  });

  test('is written only where it is news', async () => {
    const store = new MemorySnapshotStore();
    await updateSnapshot(store, new Map([['a', { from: undefined, to: mine }]]), {}, { bounds: WITHOUT_WAITING });
    await updateSnapshot(store, new Map([['a', { from: undefined, to: mine }]]), {}, { bounds: WITHOUT_WAITING });

    expect(store.replaced).toBe(1);
  });
});

describe('a plan of a poll', () => {
  const plan = (held: SnapshotEntry | undefined, listed: string | undefined, more = {}) =>
    planReload(listed === undefined ? [] : [{ key: 'a', etag: listed }], of(held), {
      now: 1_000,
      retry: false,
      copiesAreOne: false,
      ...more,
    });
  const problem = { step: 'conflict_detection', reason: 'r', errors: [], since: '' } as const;

  const due = { ...problem, retryAt: 1_000 };
  test.each<{ is: string; held?: SnapshotEntry; looks: boolean; retry?: boolean }>([
    { is: 'new', looks: true },
    { is: 'as it was', held: entry('1'), looks: false },
    { is: 'changed', held: entry('0'), looks: true },
    { is: 'in doubt', held: entry('1', { doubtful: true }), looks: true },
    { is: 'refused', held: entry('1', { problem }), looks: false },
    { is: 'refused, and somebody asks for it', held: entry('1', { problem }), looks: true, retry: true },
    { is: 'refused, and due again', held: entry('1', { problem: due }), looks: true },
    { is: 'refused, and due later', held: entry('1', { problem: { ...due, retryAt: 1_001 } }), looks: false },
    { is: 'warned of', held: entry('1', { warnings: [] }), looks: false },
    { is: 'warned of, and somebody asks for it', held: entry('1', { warnings: [] }), looks: true, retry: true },
  ])('with a manifest that is $is, looks at it: $looks', ({ held, looks, retry = false }) => {
    const { changed, unchanged, missing } = plan(held, '1', { retry });

    expect(changed.map(({ key }) => key)).toEqual(looks ? ['a'] : []);
    expect(unchanged).toBe(looks ? 0 : 1);
    expect(missing).toEqual([]);
  });

  test('tells what is missing, and what has come back', () => {
    expect(plan(entry('1'), undefined)).toMatchObject({ changed: [], missing: ['a'], unchanged: 0 });
    expect(plan(entry('1', { missingSince: 'then' }), '1')).toMatchObject({ changed: [], returned: ['a'] });
  });

  test('lets one stand for all that say the same, where files are copied: the one that serves, else the first', () => {
    const listing = ['c', 'a', 'b'].map((key) => ({ key, etag: 'same' }));
    const options = { now: 0, retry: false, copiesAreOne: true };
    const copies = (snapshot: ReloadSnapshot) =>
      planReload(listing, snapshot, options).changed.map(({ key, copyOf }) => [key, copyOf]);

    expect(copies({ entries: {} })).toEqual([
      ['a', undefined],
      ['b', 'a'],
      ['c', 'a'],
    ]);
    expect(copies({ entries: { b: entry('same') } })).toEqual([
      ['a', 'b'],
      ['c', 'b'],
    ]);
    expect(planReload(listing, { entries: {} }, { ...options, copiesAreOne: false }).changed).toHaveLength(3);
  });
});
