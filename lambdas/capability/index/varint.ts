/**
 * Whole numbers up to 2^32 - 1 in one to five bytes, seven bits each, the lowest first; the high bit says that more
 * follow (LEB128, as WebAssembly and Protocol Buffers have it).
 */

/** Bytes that a number takes. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** Writes a number and returns where the next one goes. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  while (rest >= 0x80) {
    bytes[next++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[next++] = rest;
  return next;
}

/** The number at a place; {@link varintLength} of it says where the next one is. */
export function readVarint(bytes: Uint8Array, at: number): number {
  let value = 0;
  let next = at;
  let byte: number;
  let shift = 0;
  do {
    byte = bytes[next++] as number;
    value |= (byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  return value >>> 0;
}
