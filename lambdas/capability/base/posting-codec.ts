import type { StoredPosting } from '../index/posting.ts';
import { readVarint, varintLength, writeVarint } from '../index/varint.ts';

const WORD = 32;
/** Largest number of bytes that a number takes. */
const VARINT = 5;

/** Ascending slots, each as the distance from the one before. Returns where they end. */
function writeList(bytes: Uint8Array, at: number, slots: Uint32Array): number {
  let next = at;
  let last = 0;
  for (const slot of slots) {
    next = writeVarint(bytes, next, slot - last);
    last = slot;
  }
  return next;
}

function readList(bytes: Uint8Array, size: number): Uint32Array {
  const slots = new Uint32Array(size);
  let at = 0;
  let last = 0;
  for (let n = 0; n < size; n += 1) {
    const distance = readVarint(bytes, at);
    at += varintLength(distance);
    last += distance;
    slots[n] = last;
  }
  if (at !== bytes.length) throw new Error('A posting is not as long as it says');
  return slots;
}

function toBits(slots: Uint32Array, agents: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(agents / WORD));
  for (const slot of slots) words[slot >>> 5] = (words[slot >>> 5] as number) | (1 << (slot & 31));
  return new Uint8Array(words.buffer);
}

/** Copied: words must begin at a multiple of four. Processors that Node and Lambda run on are little-endian. */
function readBits(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(bytes.length / 4);
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

/**
 * Postings one after the other: how many slots, how many bytes (times two, plus one where they are bits), then a list of
 * distances or a row of bits, whichever is shorter.
 *
 * @param agents all slots are below
 */
export function encodePostings(postings: readonly StoredPosting[], agents: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { size, read } of postings) {
    const slots = read();
    const list = new Uint8Array(size * VARINT);
    const length = writeList(list, 0, slots);
    const bits = length > Math.ceil(agents / WORD) * 4;
    const body = bits ? toBits(slots, agents) : list.subarray(0, length);
    const head = new Uint8Array(2 * VARINT);
    const end = writeVarint(head, writeVarint(head, 0, size), body.length * 2 + Number(bits));
    parts.push(head.subarray(0, end), body);
  }
  return Buffer.concat(parts);
}

/**
 * So many postings, each of which is decoded when it is first asked for.
 *
 * @throws Error when they are not as long as they say
 */
export function decodePostings(bytes: Uint8Array, count: number): StoredPosting[] {
  const postings: StoredPosting[] = [];
  let at = 0;
  for (let n = 0; n < count; n += 1) {
    const size = readVarint(bytes, at);
    at += varintLength(size);
    const form = readVarint(bytes, at);
    at += varintLength(form);
    const body = bytes.subarray(at, at + (form >>> 1));
    at += form >>> 1;
    const bits = (form & 1) === 1;
    postings.push({ size, bits, read: bits ? () => readBits(body) : () => readList(body, size) });
  }
  if (at !== bytes.length) throw new Error('The postings are not as long as they say');
  return postings;
}
