import type { BitRows } from './bit-rows.ts';
import { hasSlot, toggle } from './sorted-slots.ts';

/** What a snapshot holds of a posting; it is decoded when it is first asked for. */
export interface StoredPosting {
  readonly size: number;
  /** Its slots, ascending; the words of its row where `bits` is set. */
  readonly read: () => Uint32Array;
  readonly bits?: boolean;
}

/** A row pays from one member in so many slots on: it takes as much room as their list then, or a quarter of it. */
const SLOTS_PER_MEMBER = 128;
/** Fewer are never made a row: a list of them is quick enough, and takes less memory. */
const LEAST_ROW = 64;
/** Changes that a list keeps aside at least; else as many as it is long, so that merging costs a constant each. */
const LEAST_CHANGES = 64;
const NONE = new Uint32Array(0);

/**
 * The slots that have something in common: an ascending list where they are few, a row of bits where they are many. A
 * list keeps changes aside until it is read, or until there are as many of them as slots.
 */
export class Posting {
  readonly #rows: BitRows;
  #stored: StoredPosting | undefined;
  #size: number;
  #row: number | undefined;
  #slots: Uint32Array = NONE;
  /** Slots that were added or removed since the list was made; what comes twice has been undone. */
  #changes: number[] | undefined;

  constructor(rows: BitRows, stored?: StoredPosting) {
    this.#rows = rows;
    this.#stored = stored;
    this.#size = stored?.size ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The row that it is; `undefined` where it is a list. */
  get row(): number | undefined {
    this.settle();
    return this.#row;
  }

  /** Adds a slot that is not in. */
  add(slot: number): void {
    this.#size += 1;
    if (this.#row === undefined) this.#keepAside(slot);
    else this.#rows.add(this.#row, slot);
  }

  /** Removes a slot that is in. */
  remove(slot: number): void {
    this.#size -= 1;
    if (this.#row === undefined) this.#keepAside(slot);
    else this.#rows.remove(this.#row, slot);
  }

  has(slot: number): boolean {
    const { row } = this;
    return row === undefined ? hasSlot(this.#slots, slot) : this.#rows.has(row, slot);
  }

  /** Ascending. A list holds until the next change; of a row it is a view that holds until the rows are next used. */
  slots(): Uint32Array {
    const { row } = this;
    return row === undefined ? this.#slots : this.#rows.slots(row);
  }

  /** Gives its row back; it is of no use afterwards. */
  drop(): void {
    if (this.#row !== undefined) this.#rows.release(this.#row);
    this.#row = undefined;
  }

  #keepAside(slot: number): void {
    this.#changes ??= [];
    this.#changes.push(slot);
    if (this.#changes.length > Math.max(LEAST_CHANGES, this.#slots.length)) this.settle();
  }

  /** Decodes what is stored, merges what was kept aside, and takes the form that fits its size. */
  settle(): void {
    if (this.#stored) this.#load(this.#stored);
    if (this.#changes) this.#merge(this.#changes);
    const least = Math.max(LEAST_ROW, this.#rows.capacity / SLOTS_PER_MEMBER);
    if (this.#row === undefined) {
      if (this.#size >= least) this.#promote();
    } else if (this.#size < least / 2) this.#demote(this.#row);
  }

  #load(stored: StoredPosting): void {
    if (stored.bits) {
      this.#row = this.#rows.take();
      this.#rows.words(this.#row).set(stored.read());
    } else this.#slots = stored.read();
    // Not before: what cannot be read must not become nobody.
    this.#stored = undefined;
  }

  #merge(changes: readonly number[]): void {
    this.#changes = undefined;
    const row = this.#row;
    if (row === undefined) {
      this.#slots = toggle(this.#slots, changes);
      return;
    }
    for (const slot of changes) {
      if (this.#rows.has(row, slot)) this.#rows.remove(row, slot);
      else this.#rows.add(row, slot);
    }
  }

  #promote(): void {
    this.#row = this.#rows.take();
    this.#rows.fill(this.#row, this.#slots);
    this.#slots = NONE;
  }

  #demote(row: number): void {
    this.#slots = this.#rows.slots(row).slice();
    this.#rows.release(row);
    this.#row = undefined;
  }
}
