import { readVarint, varintLength, writeVarint } from '../index/varint.ts';

/** Whole numbers up to 2^32 - 1, one after the other. */
export function encodeNumbers(numbers: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 5);
  let at = 0;
  for (const number of numbers) at = writeVarint(bytes, at, number);
  return bytes.subarray(0, at);
}

/** @throws Error when there are not as many as expected */
export function decodeNumbers(bytes: Uint8Array, count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  let at = 0;
  for (let n = 0; n < count; n += 1) {
    const number = readVarint(bytes, at);
    at += varintLength(number);
    numbers[n] = number;
  }
  if (at !== bytes.length) throw new Error(`There are not ${count} numbers`);
  return numbers;
}

/** Where each of some lengths begins, when they stand one after the other from 0 on; the last one is where all end. */
export function startsOf(lengths: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let n = 0; n < lengths.length; n += 1) starts[n + 1] = (starts[n] as number) + (lengths[n] as number);
  return starts;
}

/** The other way round. */
export const lengthsOf = (starts: Uint32Array, end: number): Uint32Array =>
  starts.map((start, n) => (n + 1 < starts.length ? (starts[n + 1] as number) : end) - start);
