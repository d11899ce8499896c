import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Posting } from '../../../../lambdas/capability/index/posting.ts';
import { ascending, CountedRows, describeBoth, listOf, someSlots } from './both-kernels.ts';

/** Slots that the tests play with. A row pays from 64 of 8,192 slots on, and from 128 of 16,384. */
const SLOTS = 8_192;

/** A posting beside the set that it should be. */
class Pair {
  readonly posting: Posting;
  readonly model: Set<number>;

  constructor(posting: Posting, model: ReadonlySet<number>) {
    this.posting = posting;
    this.model = new Set(model);
  }

  toggle(slot: number): void {
    if (this.model.delete(slot)) this.posting.remove(slot);
    else {
      this.model.add(slot);
      this.posting.add(slot);
    }
  }

  check(): void {
    const members = ascending(this.model);
    expect(this.posting.size).toBe(members.length);
    expect([...this.posting.slots()]).toEqual(members);
  }
}

type Step = (pair: Pair, rows: CountedRows) => void;

const slot = fc.integer({ min: 0, max: SLOTS - 1 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  slot.map((one) => (pair: Pair) => pair.toggle(one)),
  slot.map((one) => (pair: Pair) => {
    pair.toggle(one);
    pair.toggle(one);
  }),
  fc
    .uniqueArray(slot, { maxLength: 150 })
    .map((slots) => (pair: Pair) => slots.forEach((one) => void pair.toggle(one))),
  fc.integer({ min: 0, max: 150 }).map((left) => (pair: Pair) => {
    for (const one of [...pair.model].slice(left)) pair.toggle(one);
  }),
  fc.integer({ min: 0, max: 4 * SLOTS }).map((slots) => (_: Pair, rows: CountedRows) => rows.ensure(slots)),
  slot.map(
    (one) =>
      ({ posting, model }: Pair) =>
        expect(posting.has(one)).toBe(model.has(one)),
  ),
  fc.constant<Step>((pair) => pair.check()),
);

describeBoth('a posting', (create) => {
  const givenRows = (slots = SLOTS): CountedRows => {
    const rows = new CountedRows(create());
    rows.ensure(slots);
    return rows;
  };

  /** The words of a row, as a snapshot keeps them. */
  const wordsOf = (rows: CountedRows, slots: ReadonlySet<number>): Uint32Array => {
    const row = rows.take();
    rows.fill(row, listOf(slots));
    const words = rows.words(row).slice();
    rows.release(row);
    return words;
  };

  /** How a posting may come to be. */
  const origins: Readonly<Record<string, (rows: CountedRows, slots: ReadonlySet<number>) => Pair>> = {
    'that began with nobody': (rows) => new Pair(new Posting(rows), new Set()),
    'that was stored as a list': (rows, slots) =>
      new Pair(new Posting(rows, { size: slots.size, read: () => listOf(slots) }), slots),
    'that was stored as bits': (rows, slots) => {
      const words = wordsOf(rows, slots);
      return new Pair(new Posting(rows, { size: slots.size, read: () => words, bits: true }), slots);
    },
  };

  test.each(Object.entries(origins))('%s holds what was added and not removed', (_, origin) => {
    fc.assert(
      fc.property(someSlots(SLOTS), fc.array(anyStep, { maxLength: 20 }), (slots, steps) => {
        const rows = givenRows();
        const pair = origin(rows, slots);
        for (const step of steps) step(pair, rows);
        pair.check();
        pair.posting.drop();
        expect(rows.taken).toBe(0);
      }),
    );
  });

  const withMembers = (rows: CountedRows, count: number): Pair => {
    const pair = new Pair(new Posting(rows), new Set());
    for (let member = 0; member < count; member += 1) pair.toggle(member);
    return pair;
  };

  test.each([
    [512, 64],
    [8_192, 64],
    [65_536, 512],
  ])('among %d slots becomes a row with %d members, and a list again with less than half as many', (slots, members) => {
    const pair = withMembers(givenRows(slots), members - 1);
    expect(pair.posting.row).toBeUndefined();

    pair.toggle(members - 1);
    expect(pair.posting.row).toBeDefined();

    while (pair.model.size > members / 2) pair.toggle(pair.model.size - 1);
    expect(pair.posting.row).toBeDefined();

    pair.toggle(pair.model.size - 1);
    expect(pair.posting.row).toBeUndefined();
    pair.check();
  });

  test('becomes a row while it is filled, though nobody reads it', () => {
    const rows = givenRows();
    withMembers(rows, 100);

    expect(rows.taken).toBe(1);
  });

  test('becomes a list when there are so many more slots that its row no longer pays', () => {
    const rows = givenRows();
    const pair = withMembers(rows, 120);
    expect(pair.posting.row).toBeDefined();

    rows.ensure(4 * SLOTS);

    expect(pair.posting.row).toBeUndefined();
    expect(rows.taken).toBe(0);
    pair.check();
  });

  test('is not decoded before it is read, though it is changed and its size is asked for', () => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return listOf([1, 5, 7]);
    };
    const posting = new Posting(givenRows(), { size: 3, read });
    posting.add(6);
    posting.remove(1);

    expect(posting.size).toBe(3);
    expect(reads).toBe(0);
    expect([...posting.slots()]).toEqual([5, 6, 7]);
    expect([...posting.slots()]).toEqual([5, 6, 7]);
    expect(reads).toBe(1);
  });
});
