import type { BitRows } from './bit-rows.ts';
import type { Posting } from './posting.ts';
import { join, leap, someOf } from './sorted-slots.ts';

/** What a query, or a part of one, found: a row of bits, or an ascending list of slots. */
export interface SlotSet {
  readonly size: number;
  /** `undefined`: a list. */
  readonly row: number | undefined;
  /** Empty where there is a row. */
  readonly slots: Uint32Array;
  /** Whether the row was taken for the query's sake, and is to be given back. */
  ownsRow: boolean;
}

/** Lists that hold less than one slot in so many are united by sorting: a row would cost more to clear and to count. */
const SLOTS_PER_SORTED = 512;
/** Two lists meet in a row, where no guess of the processor can be wrong, but where one is short or much longer: */
const SLOTS_TO_MARK = 64;
/** so many times as long. Then it is leapt through. */
const LEAP = 16;
const NONE = new Uint32Array(0);

const listSet = (slots: Uint32Array): SlotSet => ({ size: slots.length, row: undefined, slots, ownsRow: false });
const rowSet = (row: number, size: number, ownsRow: boolean): SlotSet => ({ size, row, slots: NONE, ownsRow });
const isList = ({ row }: SlotSet): boolean => row === undefined;
const ownsRow = (set: SlotSet): boolean => set.ownsRow;
const rowOf = (sets: readonly SlotSet[], n: number): number => sets[n]?.row as number;

/** The place of the shortest list; -1 where there are rows only. */
function shortestList(sets: readonly SlotSet[]): number {
  let shortest = -1;
  let size = Number.POSITIVE_INFINITY;
  for (let n = 0; n < sets.length; n += 1) {
    const set = sets[n] as SlotSet;
    if (!isList(set) || set.size >= size) continue;
    shortest = n;
    size = set.size;
  }
  return shortest;
}

/** The algebra of sets of slots over the rows of one index. Sets hold until the index changes. */
export class SlotSets {
  readonly #rows: BitRows;
  /** A row that is empty but while the slots of a list are looked up in it. */
  #marks: number | undefined;
  /** Where lists are narrowed. */
  #found: Uint32Array = NONE;

  constructor(rows: BitRows) {
    this.#rows = rows;
  }

  of(posting: Posting): SlotSet {
    const { row } = posting;
    return row === undefined ? listSet(posting.slots()) : rowSet(row, posting.size, false);
  }

  /** @param slots ascending */
  ofSlots(slots: Uint32Array): SlotSet {
    return listSet(slots);
  }

  /** What is in all of the sets, at least one. They are used up: their rows are given back, or become the result's. */
  intersect(sets: readonly SlotSet[]): SlotSet {
    if (sets.length === 1) return sets[0] as SlotSet;
    const count = this.#narrow(sets);
    return count < 0 ? this.#andRows(sets) : this.#instead(sets, listSet(this.#found.slice(0, count)));
  }

  /** What is in any of the sets, which are used up as {@link intersect} does. */
  unite(sets: readonly SlotSet[]): SlotSet {
    if (sets.length === 1) return sets[0] as SlotSet;
    const room = this.#rows.capacity / SLOTS_PER_SORTED;
    const total = sets.reduce((sum, { size }) => sum + size, 0);
    return total <= room && sets.every(isList) ? listSet(join(sets.map(({ slots }) => slots))) : this.#orRows(sets);
  }

  /** How many slots are in all of the sets, at least one, which stay as they are. */
  countOf(sets: readonly SlotSet[]): number {
    if (sets.length === 1) return sets[0]?.size as number;
    const count = this.#narrow(sets);
    return count < 0 ? this.#lastTwo(sets, (a, b) => this.#rows.andCount(a, b)) : count;
  }

  /**
   * The slots, ascending, that are in all of the sets, at least one, which stay as they are. A view that holds until
   * the next call.
   */
  slotsOf(sets: readonly SlotSet[]): Uint32Array {
    return this.read(sets, (slots, count) => slots.subarray(0, count));
  }

  /**
   * Reads the slots that are in all of the sets, at least one, which stay as they are: the first `count` of `slots`,
   * ascending, and only while `then` runs. Without a view of just these, which takes as long as to find a hundred.
   */
  read<Result>(sets: readonly SlotSet[], then: (slots: Uint32Array, count: number) => Result): Result {
    const only = sets.length === 1 ? (sets[0] as SlotSet) : undefined;
    if (only && isList(only)) return then(only.slots, only.size);
    const narrowed = only ? -1 : this.#narrow(sets);
    if (narrowed >= 0) return then(this.#found, narrowed);
    const count = this.#lastTwo(sets, (a, b) => this.#rows.find(a, b));
    return then(this.#rows.found, count);
  }

  /**
   * The same, but reads no more than `limit` slots from the slot `from` on: what a page does not show is only counted.
   *
   * @param then given the slots, and how many there are in all
   */
  readSome<Result>(
    sets: readonly SlotSet[],
    { from, limit }: { readonly from: number; readonly limit: number },
    then: (slots: Uint32Array, total: number) => Result,
  ): Result {
    const only = sets.length === 1 ? (sets[0] as SlotSet) : undefined;
    if (only && isList(only)) return then(someOf(only.slots, only.size, from, limit), only.size);
    const narrowed = only ? -1 : this.#narrow(sets);
    if (narrowed >= 0) return then(someOf(this.#found, narrowed, from, limit), narrowed);
    if (only) return then(this.#rows.some(rowOf(sets, 0), from, limit), only.size);
    return this.#withAnd(sets, sets.length, (row) => then(this.#rows.some(row, from, limit), this.#rows.count(row)));
  }

  /** The slots of a set, ascending. Of a row it is a view that holds until the next call. */
  slots({ row, slots }: SlotSet): Uint32Array {
    return row === undefined ? slots : this.#rows.slots(row);
  }

  /** Gives back a row that was taken for this set, and leaves those of postings alone. */
  release(set: SlotSet): void {
    if (!set.ownsRow) return;
    set.ownsRow = false;
    this.#rows.release(set.row as number);
  }

  /** Leaves what all sets have in `#found` and returns how many, from the shortest list on; -1 where all are rows. */
  #narrow(sets: readonly SlotSet[]): number {
    const first = shortestList(sets);
    if (first < 0) return -1;
    const { slots } = sets[first] as SlotSet;
    let count = slots.length;
    if (this.#found.length < count) this.#found = new Uint32Array(count * 2);
    this.#found.set(slots);
    const found = this.#found;
    // Rows first: they leave fewer slots to look for in the lists.
    for (const { row } of sets) if (row !== undefined) count = this.#rows.filter(row, found, count, found);
    for (let n = 0; n < sets.length; n += 1) {
      const set = sets[n] as SlotSet;
      if (n !== first && isList(set)) count = this.#meet(count, set.slots);
    }
    return count;
  }

  /** Leaves those of the first slots of `#found` that are in a list, which has as many at least. Returns how many. */
  #meet(count: number, list: Uint32Array): number {
    const found = this.#found;
    if (list.length < SLOTS_TO_MARK || list.length >= count * LEAP) return leap(found, count, list, found);
    this.#marks ??= this.#rows.take();
    this.#rows.fill(this.#marks, list);
    const left = this.#rows.filter(this.#marks, found, count, found);
    this.#rows.clear(this.#marks, list);
    return left;
  }

  /** What comes of two rows: the last one, and one that stands for all before it. */
  #lastTwo<Result>(sets: readonly SlotSet[], then: (a: number, b: number) => Result): Result {
    const last = sets.length - 1;
    if (last <= 1) return then(rowOf(sets, 0), rowOf(sets, last));
    return this.#withAnd(sets, last, (row) => then(row, rowOf(sets, last)));
  }

  /** What comes of what the first `count` of these sets have in common, all of them rows, at least two. */
  #withAnd<Result>(sets: readonly SlotSet[], count: number, then: (row: number) => Result): Result {
    const row = this.#rows.takeAny();
    this.#rows.and(row, rowOf(sets, 0), rowOf(sets, 1));
    for (let n = 2; n < count; n += 1) this.#rows.and(row, row, rowOf(sets, n));
    const result = then(row);
    this.#rows.release(row);
    return result;
  }

  #andRows(sets: readonly SlotSet[]): SlotSet {
    const own = sets.findIndex(ownsRow);
    const first = Math.max(own, 0);
    const to = own < 0 ? this.#rows.takeAny() : rowOf(sets, own);
    let left = rowOf(sets, first);
    for (let n = 0; n < sets.length; n += 1) {
      if (n === first) continue;
      this.#rows.and(to, left, rowOf(sets, n));
      left = to;
    }
    return this.#inRow(sets, to);
  }

  #orRows(sets: readonly SlotSet[]): SlotSet {
    const own = sets.findIndex(ownsRow);
    const to = own < 0 ? this.#rows.take() : rowOf(sets, own);
    for (let n = 0; n < sets.length; n += 1) {
      if (n === own) continue;
      const { row, slots } = sets[n] as SlotSet;
      if (row === undefined) this.#rows.fill(to, slots);
      else this.#rows.or(to, to, row);
    }
    return this.#inRow(sets, to);
  }

  /** The result in a row of its own, be it new or that of one of the sets. */
  #inRow(sets: readonly SlotSet[], row: number): SlotSet {
    for (const set of sets) if (set.row === row) set.ownsRow = false;
    return this.#instead(sets, rowSet(row, this.#rows.count(row), true));
  }

  #instead(sets: readonly SlotSet[], result: SlotSet): SlotSet {
    for (const set of sets) this.release(set);
    return result;
  }
}
