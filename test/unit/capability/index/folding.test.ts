import { describe, expect, jest, test } from '@jest/globals';
import type { AgentDigest } from '../../../../lambdas/agents/digest-schema.ts';
import { AgentColumns } from '../../../../lambdas/capability/index/agent-columns.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import { foldedParts, isUnfolded } from '../../../../lambdas/capability/index/fold.ts';
import { IndexCore } from '../../../../lambdas/capability/index/index-core.ts';
import { aDigest } from '../../../support/agents.ts';
import { NaiveIndex } from '../../../support/naive-index.ts';

const EVERYBODY = { all: [] };
const idOf = (n: number): string => `agent-${String(n).padStart(5, '0')}`;

const digest = (n: number, parts: Partial<AgentDigest> = {}): AgentDigest =>
  aDigest({
    id: idOf(n),
    revision: n + 1,
    priority: 1 + (n % 10),
    capabilities: [`can-${n % 7}`, `may-${n % 300}`],
    ...parts,
  });

/** Numbers in an order that is neither theirs nor its reverse. */
const shuffled = (count: number): number[] => Array.from({ length: count }, (_, n) => (n * 7_919) % count);

function both(act: (index: CapabilityIndex | NaiveIndex) => void): { index: CapabilityIndex; model: NaiveIndex } {
  const [index, model] = [new CapabilityIndex(), new NaiveIndex()];
  act(index);
  act(model);
  return { index, model };
}

const QUESTIONS: readonly ((index: CapabilityIndex | NaiveIndex) => unknown)[] = [
  (index) => index.ids(EVERYBODY),
  (index) => index.findByCapability('can-3'),
  (index) => index.findByCapabilities(['can-3', 'may-10']),
  (index) => index.page({ term: ['capability', 'can-1'] }, { after: idOf(900), offset: 7, limit: 30 }),
  (index) => index.top({ term: ['capability', 'can-1'] }, { order: 'priority', limit: 25 }),
  (index) => index.top({ term: ['capability', 'can-1'] }, { order: 'load', limit: 25 }),
  (index) => index.getStats(),
  (index) => index.ids(EVERYBODY).map((id) => index.get(id)),
];

describe('an index to which agents come in any order', () => {
  test.each([500, 4_000])('answers in the order of their ids: %d', (count) => {
    const { index, model } = both((each) => {
      for (const n of shuffled(count)) each.set(digest(n));
      for (let n = 0; n < count; n += 3) each.setLoad(idOf(n), (n % 5) / 4);
    });

    for (const ask of QUESTIONS) expect(ask(index)).toEqual(ask(model));
  });

  test('answers rightly when most have gone, and when they come back', () => {
    const { index, model } = both((each) => {
      for (const n of shuffled(4_000)) each.set(digest(n));
      each.ids(EVERYBODY);
      for (let n = 0; n < 4_000; n += 1) if (n % 4 > 0) each.delete(idOf(n));
    });
    for (const ask of QUESTIONS) expect(ask(index)).toEqual(ask(model));
    for (const each of [index, model]) for (let n = 0; n < 4_000; n += 2) each.set(digest(n, { revision: 9_999 }));

    for (const ask of QUESTIONS) expect(ask(index)).toEqual(ask(model));
  });

  test('keeps its answers apart when terms get new numbers', () => {
    const { index, model } = both((each) => {
      for (let n = 0; n < 100; n += 1) each.set(digest(n, { capabilities: ['rare', 'first'] }));
    });
    expect(index.findByCapability('rare')).toEqual(model.findByCapability('rare'));
    for (const each of [index, model]) for (const n of shuffled(3_000)) each.set(digest(n));

    for (const text of ['rare', 'first', 'can-0', 'may-299']) {
      expect(index.findByCapability(text)).toEqual(model.findByCapability(text));
    }
  });
});

describe('an index of one agent that changes again and again', () => {
  const many = Array.from({ length: 200 }, (_, n) => `can-${n}`);
  const others = Array.from({ length: 200 }, (_, n) => digest(n + 2));
  const forget = () => undefined;

  /** Changes an agent until its index should be folded, and tells how often it took. */
  function changesUntilUnfolded(change: (core: IndexCore, n: number) => void): number {
    const core = new IndexCore();
    for (const other of others) core.set(other, forget);
    for (let n = 1; n <= 100_000; n += 1) {
      change(core, n);
      if (!isUnfolded(core)) continue;
      expect(isUnfolded(new IndexCore(foldedParts(core)))).toBe(false);
      return n;
    }
    return Number.POSITIVE_INFINITY;
  }

  test.each<[string, (core: IndexCore, n: number) => void]>([
    ['its row grows and shrinks', (core, n) => core.set(digest(1, { capabilities: n % 2 ? many : ['one'] }), forget)],
    [
      'it goes and comes back',
      (core) => {
        core.set(digest(1, { capabilities: many }), forget);
        core.delete(idOf(1), forget);
      },
    ],
    ['it has another term each time', (core, n) => core.set(digest(1, { capabilities: [`tag-${n}`] }), forget)],
    [
      'another one comes and goes each time',
      (core, n) => {
        core.set(digest(100_000 + n), forget);
        core.delete(idOf(100_000 + n), forget);
      },
    ],
  ])('is folded before it has grown far: %s', (_how, change) => {
    expect(changesUntilUnfolded(change)).toBeLessThan(3_000);
  });

  test.each<[string, (index: CapabilityIndex) => unknown]>([
    ['count', (index) => index.count(EVERYBODY)],
    ['facet', (index) => index.facet(EVERYBODY, 'capability')],
    ['terms', (index) => index.terms('capability')],
    ['statistics', (index) => index.getStats()],
    ['page', (index) => index.page(EVERYBODY, { limit: 1 })],
    ['top', (index) => index.top(EVERYBODY, { order: 'load', limit: 1 })],
  ])('is folded whatever is asked: %s', (_what, ask) => {
    const index = new CapabilityIndex();
    for (const n of shuffled(2_000)) index.set(digest(n));
    const fold = jest.spyOn(AgentColumns.prototype, 'reordered');
    ask(index);

    expect(fold).toHaveBeenCalledTimes(1);
    fold.mockRestore();
  });
});

describe('an agent with more terms than an index takes', () => {
  const tooMany = Array.from({ length: 1_100 }, (_, n) => `can-${n}`);

  test('is refused, and nobody is changed', () => {
    const index = new CapabilityIndex();
    index.set(digest(1));

    expect(() => index.set(digest(2, { capabilities: tooMany }))).toThrow(RangeError);
    expect(() => index.set(digest(1, { capabilities: tooMany }))).toThrow(RangeError);
    expect(index.ids(EVERYBODY)).toEqual([idOf(1)]);
    expect(index.get(idOf(1))).toEqual(digest(1));
    expect(index.getCapabilities(idOf(2))).toEqual([]);
  });
});
