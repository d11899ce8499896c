import { readVarint, varintLength, writeVarint } from './varint.ts';

/** A row holds at most this many terms: in a digest of 3 KB a term takes four bytes at least. */
export const MAX_ROW = 1_024;

/** Wasted bytes that are always borne. */
const ALWAYS_BORNE = 65_536;

/** Bytes that rows take, and where each begins. */
export interface RowBytes {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
}

/**
 * Which terms each agent has: the index from agents to terms. Rows of variable-length numbers in one run of bytes, about
 * 20 bytes an agent where an array would take 200. A row that no longer fits where it was is written at the end.
 */
export class TermRows {
  /** The row that was read last: valid up to the number that {@link read} returned, until the next call. */
  readonly current = new Uint32Array(MAX_ROW);
  #bytes: Uint8Array;
  #starts: Uint32Array;
  #used: number;
  /** Bytes of rows that are somebody's: others were left by rows that shrank, went, or were written anew elsewhere. */
  #live: number;

  constructor({ bytes, starts }: RowBytes = { bytes: new Uint8Array(0), starts: new Uint32Array(0) }) {
    this.#bytes = bytes;
    this.#starts = starts;
    this.#used = bytes.length;
    this.#live = bytes.length;
  }

  /** Whether more than half of the bytes are nobody's. */
  get isWasteful(): boolean {
    return this.#used - this.#live > this.#used / 2 + ALWAYS_BORNE;
  }

  /** Reads the row of a slot into {@link current}, in the order in which it was written. Returns how many terms. */
  read(slot: number): number {
    const bytes = this.#bytes;
    let at = this.#starts[slot] as number;
    const count = readVarint(bytes, at);
    at += varintLength(count);
    for (let n = 0; n < count; n += 1) {
      let value = bytes[at++] as number;
      if (value >= 0x80) {
        value = readVarint(bytes, at - 1);
        at += varintLength(value) - 1;
      }
      this.current[n] = value;
    }
    return count;
  }

  /** Writes the first `count` terms as the row of a slot. `before`: how many bytes the row that is there takes, or 0. */
  write(slot: number, terms: Uint32Array, count: number, before: number): void {
    this.#ensureSlot(slot);
    const length = rowLength(terms, count);
    if (length > before) {
      this.#ensureBytes(length);
      this.#starts[slot] = this.#used;
      this.#used += length;
    }
    this.#live += length - before;
    let at = writeVarint(this.#bytes, this.#starts[slot] as number, count);
    for (let n = 0; n < count; n += 1) at = writeVarint(this.#bytes, at, terms[n] as number);
  }

  /** Gives up a row of so many bytes: its slot has none until one is written. */
  remove(before: number): void {
    this.#live -= before;
  }

  #ensureSlot(slot: number): void {
    if (slot < this.#starts.length) return;
    const starts = new Uint32Array(Math.max(slot + 1, 64, this.#starts.length * 2));
    starts.set(this.#starts);
    this.#starts = starts;
  }

  #ensureBytes(length: number): void {
    if (this.#used + length <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#used + length, 1_024, Math.ceil(this.#bytes.length * 1.5)));
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bytes;
  }
}

/** Bytes that a row of these terms takes. */
export function rowLength(terms: Uint32Array, count: number): number {
  let length = varintLength(count);
  for (let n = 0; n < count; n += 1) length += varintLength(terms[n] as number);
  return length;
}
