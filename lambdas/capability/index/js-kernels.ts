import type { Kernels } from './kernels.ts';

/** The kernels in JavaScript, for where WebAssembly cannot be had. */
export class JsKernels implements Kernels {
  words: Uint32Array = new Uint32Array(0);

  grow(words: number): void {
    if (words <= this.words.length) return;
    // Twice as much: growing copies everything.
    const grown = new Uint32Array(Math.max(words, this.words.length * 2));
    grown.set(this.words);
    this.words = grown;
  }

  and(to: number, a: number, b: number, length: number): void {
    const { words } = this;
    for (let n = 0; n < length; n += 1) words[to + n] = (words[a + n] as number) & (words[b + n] as number);
  }

  or(to: number, a: number, b: number, length: number): void {
    const { words } = this;
    for (let n = 0; n < length; n += 1) words[to + n] = (words[a + n] as number) | (words[b + n] as number);
  }

  andCount(a: number, b: number, length: number): number {
    const { words } = this;
    let count = 0;
    for (let n = 0; n < length; n += 1) count += ones((words[a + n] as number) & (words[b + n] as number));
    return count;
  }

  andSlots(to: number, a: number, b: number, length: number): number {
    const { words } = this;
    let at = to;
    for (let n = 0; n < length; n += 1) {
      let bits = (words[a + n] as number) & (words[b + n] as number);
      while (bits !== 0) {
        words[at++] = n * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
      }
    }
    return at - to;
  }
}

/** Bits set in a word: sums of pairs, of fours, of eights, all in one number. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
