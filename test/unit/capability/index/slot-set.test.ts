import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Posting } from '../../../../lambdas/capability/index/posting.ts';
import { type SlotSet, SlotSets } from '../../../../lambdas/capability/index/slot-set.ts';
import { ascending, CountedRows, describeBoth, listOf, someSlots } from './both-kernels.ts';

/** So many slots that a thousandth of them are united as lists, a hundredth is a list, and a tenth a row. */
const SLOTS = 4_096;

/** A query over some postings, by their numbers, and over slots that come from elsewhere. */
type Query =
  | { readonly posting: number }
  | { readonly slots: ReadonlySet<number> }
  | { readonly all: readonly Query[] }
  | { readonly any: readonly Query[] };

const query = fc.letrec<{ leaf: Query; node: Query }>((tie) => ({
  leaf: fc.oneof(
    { weight: 4, arbitrary: fc.nat().map((posting) => ({ posting })) },
    { weight: 1, arbitrary: someSlots(SLOTS).map((slots) => ({ slots })) },
  ),
  node: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((all) => ({ all })),
    fc.array(tie('node'), { maxLength: 4 }).map((any) => ({ any })),
  ),
})).node;

const postings = fc.array(someSlots(SLOTS), { minLength: 1, maxLength: 6 });

/** What a query finds, worked out with plain sets. */
function expected(asked: Query, sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  if ('posting' in asked) return sets[asked.posting % sets.length] ?? new Set();
  if ('slots' in asked) return asked.slots;
  const parts = ('all' in asked ? asked.all : asked.any).map((part) => expected(part, sets));
  return parts.reduce((a, b) => ('all' in asked ? a.intersection(b) : a.union(b)), parts[0] ?? new Set());
}

describeBoth('the algebra of sets', (create) => {
  const given = (slotsOfPostings: readonly ReadonlySet<number>[]) => {
    const rows = new CountedRows(create());
    rows.ensure(SLOTS);
    const sets = new SlotSets(rows);
    const all = slotsOfPostings.map((slots) => new Posting(rows, { size: slots.size, read: () => listOf(slots) }));
    const evaluate = (asked: Query): SlotSet => {
      if ('posting' in asked) return sets.of(all[asked.posting % all.length] as Posting);
      if ('slots' in asked) return sets.ofSlots(listOf(asked.slots));
      return 'all' in asked ? sets.intersect(asked.all.map(evaluate)) : sets.unite(asked.any.map(evaluate));
    };
    /** Rows that are neither a posting's nor kept for good: what queries did not give back. */
    const lost = () => rows.taken - all.filter(({ row }) => row !== undefined).length;
    return { sets, evaluate, all, lost };
  };

  test('finds what plain sets find, in ascending order', () => {
    fc.assert(
      fc.property(postings, query, (slots, asked) => {
        const { sets, evaluate } = given(slots);
        const found = evaluate(asked);
        const members = ascending(expected(asked, slots));

        expect(found.size).toBe(members.length);
        expect(String(sets.slots(found))).toBe(String(members));
      }),
    );
  });

  test('counts and lists what is in all of some sets, and leaves them as they are', () => {
    fc.assert(
      fc.property(postings, fc.array(query, { minLength: 1, maxLength: 4 }), (slots, parts) => {
        const { sets, evaluate } = given(slots);
        const members = ascending(expected({ all: parts }, slots));
        const found = parts.map(evaluate);
        const before = found.map((set) => String(sets.slots(set)));

        expect(sets.countOf(found)).toBe(members.length);
        expect(String(sets.slotsOf(found))).toBe(String(members));
        expect(found.map((set) => String(sets.slots(set)))).toEqual(before);
      }),
    );
  });

  test('leaves postings as they are, and keeps no more than one row for itself', () => {
    fc.assert(
      fc.property(postings, fc.array(query, { minLength: 1, maxLength: 4 }), (slots, queries) => {
        const { sets, evaluate, all, lost } = given(slots);
        for (const asked of queries) {
          const found = evaluate(asked);
          sets.slotsOf([found, found, found]);
          sets.release(found);
          sets.release(found);
        }

        expect(all.map((posting) => String(posting.slots()))).toEqual(slots.map((set) => String(ascending(set))));
        expect(lost()).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('unites rows, of however few, with lists', () => {
    const below = (end: number) => new Set(Array.from({ length: end }, (_, n) => n));
    const { sets, all } = given([below(500), new Set([...below(1_000)].slice(498))]);
    const met = sets.intersect(all.map((posting) => sets.of(posting)));

    expect([...sets.slots(sets.unite([sets.ofSlots(listOf([7])), met]))]).toEqual([7, 498, 499]);
  });

  test('uses a row of its own again where it has one', () => {
    const half = new Set(Array.from({ length: SLOTS / 2 }, (_, n) => 2 * n));
    const { sets, all, lost } = given([half, new Set([...half].slice(1_000)), new Set([1, 2, 3])]);
    const [a, b, few] = all.map((posting) => sets.of(posting)) as [SlotSet, SlotSet, SlotSet];

    const united = sets.unite([few, a]);
    const met = sets.intersect([b, united]);
    const again = sets.unite([few, met, a]);

    expect(united.row).toBe(again.row);
    expect(lost()).toBe(1);
    expect(again.size).toBe(half.size + 2);
    sets.release(again);
    expect(lost()).toBe(0);
  });
});
