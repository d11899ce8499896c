import { describe, expect, test } from '@jest/globals';
import type { AgentDigest } from '../../../../lambdas/agents/digest-schema.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
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

  test('does not grow with changes that come and go', () => {
    const index = new CapabilityIndex();
    const many = Array.from({ length: 200 }, (_, n) => `can-${n}`);
    for (let n = 0; n < 20_000; n += 1) index.set(digest(1, { capabilities: n % 2 === 0 ? many : ['one'] }));
    // The question lets it look after itself; what is kept is then the one agent's row.
    expect(index.findByCapability('one')).toEqual([idOf(1)]);
    expect(index.parts().rows.bytes.length).toBeLessThan(100);
  });
});
