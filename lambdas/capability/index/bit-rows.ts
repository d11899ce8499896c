import { createKernels } from './create-kernels.ts';
import { type Kernels, SLACK, STEP } from './kernels.ts';

const WORD = 32;

/**
 * Sets of slots as rows of bits, all of one length and in one memory, where kernels work on them. A row is known by its
 * number, which is taken and released. In front of the rows lies the room for one result.
 */
export class BitRows {
  #kernels: Kernels | undefined;
  /** Words of a row in use; all behind them are 0. */
  #length = 0;
  /** Words from one row to the next. */
  #stride = 0;
  /** Rows that were ever made. */
  #made = 0;
  readonly #released: number[] = [];

  /** @param kernels on a memory that is for this object alone. @default - made with the first row */
  constructor(kernels?: Kernels) {
    this.#kernels = kernels;
  }

  /** Slots that a row holds. */
  get capacity(): number {
    return this.#length * WORD;
  }

  /** Makes every row hold at least so many slots. To be called before slots are added. */
  ensure(slots: number): void {
    const length = Math.ceil(slots / (WORD * STEP)) * STEP;
    if (length <= this.#length) return;
    if (length > this.#stride) this.#spread(Math.max(length, this.#stride * 2));
    this.#length = length;
  }

  /** An empty row. */
  take(): number {
    const row = this.takeAny();
    this.words(row).fill(0);
    return row;
  }

  /** A row with anything in it, for who overwrites it as a whole. */
  takeAny(): number {
    const released = this.#released.pop();
    if (released !== undefined) return released;
    this.#memory.grow(offset(this.#made + 1, this.#stride));
    return this.#made++;
  }

  release(row: number): void {
    this.#released.push(row);
  }

  add(row: number, slot: number): void {
    const { words } = this.#memory;
    const at = this.#offset(row) + (slot >>> 5);
    words[at] = (words[at] as number) | (1 << (slot & 31));
  }

  remove(row: number, slot: number): void {
    const { words } = this.#memory;
    const at = this.#offset(row) + (slot >>> 5);
    words[at] = (words[at] as number) & ~(1 << (slot & 31));
  }

  has(row: number, slot: number): boolean {
    const word = this.#memory.words[this.#offset(row) + (slot >>> 5)] as number;
    return ((word >>> (slot & 31)) & 1) === 1;
  }

  /** Adds all of these slots. */
  fill(row: number, slots: Uint32Array): void {
    const { words } = this.#memory;
    const offset = this.#offset(row);
    for (let n = 0; n < slots.length; n += 1) {
      const slot = slots[n] as number;
      const at = offset + (slot >>> 5);
      words[at] = (words[at] as number) | (1 << (slot & 31));
    }
  }

  /** Empties a row that holds only slots of this list. */
  clear(row: number, slots: Uint32Array): void {
    const { words } = this.#memory;
    const offset = this.#offset(row);
    for (let n = 0; n < slots.length; n += 1) words[offset + ((slots[n] as number) >>> 5)] = 0;
  }

  /** Writes those of the first `count` slots that are in the row to `to`, which may be `slots`. Returns how many. */
  filter(row: number, slots: Uint32Array, count: number, to: Uint32Array): number {
    const { words } = this.#memory;
    const offset = this.#offset(row);
    let found = 0;
    for (let n = 0; n < count; n += 1) {
      const slot = slots[n] as number;
      // Always written, and only kept where the bit is set: a branch that cannot be foretold costs more.
      to[found] = slot;
      found += ((words[offset + (slot >>> 5)] as number) >>> (slot & 31)) & 1;
    }
    return found;
  }

  /** The words of a row themselves, until the next row is taken or {@link ensure} is called. */
  words(row: number): Uint32Array {
    const offset = this.#offset(row);
    return this.#memory.words.subarray(offset, offset + this.#length);
  }

  and(to: number, a: number, b: number): void {
    this.#memory.and(this.#offset(to), this.#offset(a), this.#offset(b), this.#length);
  }

  or(to: number, a: number, b: number): void {
    this.#memory.or(this.#offset(to), this.#offset(a), this.#offset(b), this.#length);
  }

  count(row: number): number {
    return this.andCount(row, row);
  }

  andCount(a: number, b: number): number {
    return this.#memory.andCount(this.#offset(a), this.#offset(b), this.#length);
  }

  /** The slots of a row, ascending: a view that holds until the next call. */
  slots(row: number): Uint32Array {
    return this.andSlots(row, row);
  }

  /** The slots that are in both rows, ascending: a view that holds until the next call. */
  andSlots(a: number, b: number): Uint32Array {
    return this.found.subarray(0, this.find(a, b));
  }

  /** How many slots are in both rows: {@link found} begins with them, ascending, until the next call. */
  find(a: number, b: number): number {
    return this.#memory.andSlots(0, this.#offset(a), this.#offset(b), this.#length);
  }

  /** What {@link find} found, and anything behind it. A view of just the slots costs more than to find a hundred. */
  get found(): Uint32Array {
    return this.#memory.words;
  }

  /** At most `limit` slots of a row from a slot on, ascending. */
  some(row: number, from: number, limit: number): Uint32Array {
    const words = this.words(row);
    const found: number[] = [];
    // Bits below `from` are masked out of the first word.
    let bits = (words[from >>> 5] ?? 0) & (-1 << (from & 31));
    for (let word = from >>> 5; word < words.length && found.length < limit; bits = words[++word] ?? 0) {
      for (; bits !== 0 && found.length < limit; bits &= bits - 1) found.push((word << 5) + lowestBit(bits));
    }
    return Uint32Array.from(found);
  }

  get #memory(): Kernels {
    this.#kernels ??= createKernels();
    return this.#kernels;
  }

  #offset(row: number): number {
    return offset(row, this.#stride);
  }

  /** Moves the rows apart, the last one first, as each may come to lie where the next one was. */
  #spread(stride: number): void {
    if (this.#made > 0) this.#memory.grow(offset(this.#made, stride));
    for (let row = this.#made - 1; row >= 0; row -= 1) {
      const { words } = this.#memory;
      const from = this.#offset(row);
      const to = offset(row, stride);
      words.copyWithin(to, from, from + this.#length);
      words.fill(0, to + this.#length, to + stride);
    }
    this.#stride = stride;
  }
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** Where a row begins, behind the room for a result and the rows before it. */
const offset = (row: number, stride: number): number => stride * WORD + SLACK + row * stride;
