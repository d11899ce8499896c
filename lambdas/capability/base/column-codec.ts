import type { StoredTexts } from '../index/stored-texts.ts';

/** Numbers as they lie in memory. Processors that Node and Lambda run on are little-endian. */
export const encodeNumbers = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Copied: they must begin at a multiple of four. */
export function decodeNumbers(bytes: Uint8Array): Uint32Array {
  const numbers = new Uint32Array(bytes.length / 4);
  encodeNumbers(numbers).set(bytes);
  return numbers;
}

/** Texts one after the other, and where each ends: adding lengths up takes longer than to read four bytes each. */
export interface EncodedTexts {
  /** `utf16le` only where there are halves of characters, which UTF-8 cannot say; it takes twice as long to read. */
  readonly encoding: 'utf8' | 'utf16le';
  readonly ends: Uint8Array;
  readonly texts: Uint8Array;
}

export function encodeTexts(texts: readonly string[]): EncodedTexts {
  const encoding = texts.every((text) => text.isWellFormed()) ? 'utf8' : 'utf16le';
  let end = 0;
  const ends = Uint32Array.from(texts, ({ length }) => {
    end += length;
    return end;
  });
  return {
    encoding,
    ends: encodeNumbers(ends),
    texts: Buffer.from(texts.join(''), encoding),
  };
}

/** Reads texts when they are asked for: cutting all of them takes longer than all else of a first answer. */
export function decodeTexts({ encoding, ends, texts }: EncodedTexts): StoredTexts {
  const bounds = decodeNumbers(ends);
  const text = Buffer.from(texts.buffer, texts.byteOffset, texts.byteLength).toString(encoding);
  const at = (number: number): string => text.slice(bounds[number - 1] ?? 0, bounds[number]);
  return { length: bounds.length, at, all: () => Array.from(bounds, (_, number) => at(number)) };
}
