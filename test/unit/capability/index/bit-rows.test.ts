import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BitRows } from '../../../../lambdas/capability/index/bit-rows.ts';
import { ascending, describeBoth, listOf, someSlots } from './both-kernels.ts';

/** Rows beside what should be in them. */
class Rows {
  readonly real: BitRows;
  readonly models = new Map<number, Set<number>>();

  constructor(real: BitRows) {
    this.real = real;
  }

  take(): void {
    this.models.set(this.real.take(), new Set());
  }

  /** Every row holds what it should; each slot of it is asked for by itself as well. */
  check(): void {
    for (const [row, model] of this.models) {
      expect([...this.real.slots(row)]).toEqual(ascending(model));
      expect(this.real.count(row)).toBe(model.size);
      const { capacity } = this.real;
      const members = Array.from({ length: capacity }, (_, slot) => slot).filter((slot) => this.real.has(row, slot));
      expect(members).toEqual(ascending(model));
    }
  }

  /** Some row, and what should be in it. */
  pick(n: number): [row: number, model: Set<number>] {
    const entry = [...this.models][n % this.models.size];
    if (entry === undefined) throw new Error('There are no rows yet');
    return entry;
  }
}

type Step = (rows: Rows) => void;

const n = fc.nat();
const slotIn = (rows: Rows, slot: number): number => slot % rows.real.capacity;

/** What may be done to rows; each is done to the model as well. */
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>((rows) => rows.take()),
  n.map((at) => (rows: Rows) => {
    if (rows.models.size === 1) return;
    const [row] = rows.pick(at);
    rows.real.release(row);
    rows.models.delete(row);
  }),
  fc.integer({ min: 0, max: 4_000 }).map((slots) => (rows: Rows) => rows.real.ensure(slots)),
  fc.tuple(n, n).map(([at, slot]) => (rows: Rows) => {
    const [row, model] = rows.pick(at);
    rows.real.add(row, slotIn(rows, slot));
    model.add(slotIn(rows, slot));
  }),
  fc.tuple(n, n).map(([at, slot]) => (rows: Rows) => {
    const [row, model] = rows.pick(at);
    rows.real.remove(row, slotIn(rows, slot));
    model.delete(slotIn(rows, slot));
  }),
  fc.tuple(n, someSlots(512)).map(([at, slots]) => (rows: Rows) => {
    const [row, model] = rows.pick(at);
    rows.real.fill(row, listOf(slots));
    for (const slot of slots) model.add(slot);
  }),
  fc.tuple(n, n, n).map(([to, a, b]) => (rows: Rows) => {
    const [row] = rows.pick(to);
    const [[first, some], [second, others]] = [rows.pick(a), rows.pick(b)];
    rows.models.set(row, some.intersection(others));
    rows.real.and(row, first, second);
  }),
  fc.tuple(n, n, n).map(([to, a, b]) => (rows: Rows) => {
    const [row] = rows.pick(to);
    const [[first, some], [second, others]] = [rows.pick(a), rows.pick(b)];
    rows.models.set(row, some.union(others));
    rows.real.or(row, first, second);
  }),
);

describeBoth('rows of bits', (create) => {
  const emptyRows = (slots: number): BitRows => {
    const rows = new BitRows(create());
    rows.ensure(slots);
    return rows;
  };
  const given = (...sets: readonly ReadonlySet<number>[]): [BitRows, ...number[]] => {
    const rows = emptyRows(2_048);
    return [
      rows,
      ...sets.map((slots) => {
        const row = rows.take();
        rows.fill(row, listOf(slots));
        return row;
      }),
    ];
  };

  test('hold what was put into them, whatever happens to them and to those around them', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const rows = new Rows(emptyRows(512));
        rows.take();
        for (const step of steps) step(rows);
        rows.check();
      }),
    );
  });

  test.each([
    [1, 512],
    [512, 512],
    [513, 1_024],
    [100_000, 100_352],
  ])('that are to hold %d slots hold %d, in steps of 64 bytes', (slots, capacity) => {
    const rows = emptyRows(slots);
    const row = rows.take();
    rows.add(row, capacity - 1);

    expect(rows.capacity).toBe(capacity);
    expect([...rows.slots(row)]).toEqual([capacity - 1]);
  });

  test('never hold fewer slots than before', () => {
    const rows = emptyRows(1_000);
    rows.ensure(10);

    expect(rows.capacity).toBe(1_024);
  });

  test('keep what they hold, and get nothing of others, as they grow, however many they are', () => {
    const rows = emptyRows(512);
    const everybody = Uint32Array.from({ length: 512 }, (_, slot) => slot);
    const taken = Array.from({ length: 100 }, () => rows.take());
    for (const row of taken) rows.fill(row, everybody);

    for (const slots of [600, 1_200, 2_400, 4_096]) {
      rows.ensure(slots);
      expect(taken.map((row) => rows.count(row))).toEqual(taken.map(() => 512));
    }
    expect(taken.every((row) => rows.slots(row)[511] === 511)).toBe(true);
  });

  test('are empty when taken, though they had something in them when released', () => {
    const rows = emptyRows(600);
    const row = rows.take();
    rows.add(row, 599);
    rows.release(row);

    expect(rows.take()).toBe(row);
    expect(rows.count(row)).toBe(0);
  });

  test('count and list what is in two of them', () => {
    fc.assert(
      fc.property(someSlots(2_048), someSlots(2_048), (some, others) => {
        const [rows, a = 0, b = 0] = given(some, others);
        const both = ascending(some.intersection(others));

        expect(rows.andCount(a, b)).toBe(both.length);
        expect([...rows.andSlots(a, b)]).toEqual(both);
      }),
    );
  });

  test('leave of the first slots of a list those that are in them', () => {
    fc.assert(
      fc.property(someSlots(2_048), someSlots(2_048), fc.nat(), (some, others, n) => {
        const [rows, row = 0] = given(some);
        const list = listOf(others);
        const first = list.slice(0, n % (list.length + 1));

        const left = rows.filter(row, list, first.length, list);

        expect([...list.subarray(0, left)]).toEqual([...first].filter((slot) => some.has(slot)));
      }),
    );
  });

  test('are empty again once they are cleared of the list that filled them', () => {
    fc.assert(
      fc.property(someSlots(2_048), (slots) => {
        const [rows, row = 0] = given(slots);

        rows.clear(row, listOf(slots));

        expect(rows.count(row)).toBe(0);
      }),
    );
  });

  test('can be kept as words, and come back from them', () => {
    fc.assert(
      fc.property(someSlots(1_500), (slots) => {
        const [rows, row = 0] = given(slots);
        const kept = rows.words(row).slice();
        const back = rows.take();

        rows.words(back).set(kept);

        expect([...rows.slots(back)]).toEqual(ascending(slots));
      }),
    );
  });
});
