import type { StoredPosting } from '../index/posting.ts';
import type { StoredPostings } from '../index/postings.ts';
import { readVarint, varintLength, writeVarint } from '../index/varint.ts';
import { decodeNumbers, encodeNumbers } from './column-codec.ts';

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
  return encodeNumbers(words);
}

/** Postings as a snapshot has them: how many slots each has, how long it is, and then all of them. */
export interface EncodedPostings {
  readonly sizes: Uint32Array;
  /** Bytes of each, times two, plus one where they are bits. */
  readonly forms: Uint32Array;
  /** Each a list of distances or a row of bits, whichever is shorter. */
  readonly bodies: Uint8Array;
}

/** @param agents all slots are below */
export function encodePostings(postings: StoredPostings, agents: number): EncodedPostings {
  const sizes = new Uint32Array(postings.length).map((_, term) => postings.sizeOf(term));
  const forms = new Uint32Array(postings.length);
  const bodies = Array.from(sizes, (size, term) => {
    const slots = postings.at(term).read();
    const list = new Uint8Array(size * VARINT);
    const length = writeList(list, 0, slots);
    const bits = length > Math.ceil(agents / WORD) * 4;
    const body = bits ? toBits(slots, agents) : list.subarray(0, length);
    forms[term] = body.length * 2 + Number(bits);
    return body;
  });
  return { sizes, forms, bodies: Buffer.concat(bodies) };
}

/**
 * Postings that are decoded one by one, when they are first asked for.
 *
 * @throws Error when they are not as long as they say
 */
export function decodePostings({ sizes, forms, bodies }: EncodedPostings): StoredPostings {
  const ends = new Uint32Array(forms.length);
  let end = 0;
  for (let term = 0; term < forms.length; term += 1) {
    end += (forms[term] as number) >>> 1;
    ends[term] = end;
  }
  if (end !== bodies.length || sizes.length !== forms.length) {
    throw new Error('The postings are not as long as they say');
  }
  const sizeOf = (term: number): number => sizes[term] as number;
  const at = (term: number): StoredPosting => {
    const [size, form] = [sizeOf(term), forms[term] as number];
    const body = bodies.subarray((ends[term] as number) - (form >>> 1), ends[term]);
    const bits = (form & 1) === 1;
    return { size, bits, read: () => (bits ? decodeNumbers(body) : readList(body, size)) };
  };
  return { length: sizes.length, sizeOf, at };
}
