/** Words that {@link Kernels.andSlots} may write to behind its results: it writes first and looks afterwards. */
export const SLACK = 16;

/** Words that a kernel takes at a step, 64 bytes: what a processor fetches from memory at once. */
export const STEP = 16;

/**
 * Operations on rows of bits that all lie in one memory. Offsets are counts of 32-bit words; so are lengths, which are
 * multiples of {@link STEP}. Bit n of a row is bit n % 32 of its word n / 32. A row may be its own operand.
 */
export interface Kernels {
  /** All of the memory. Another object once it has grown: the one before is then of no use. */
  readonly words: Uint32Array;
  /** Makes room for at least so many words: what is there stays, what is new is 0. */
  grow(words: number): void;
  and(to: number, a: number, b: number, length: number): void;
  or(to: number, a: number, b: number, length: number): void;
  /** How many bits are in both. */
  andCount(a: number, b: number, length: number): number;
  /**
   * Writes the numbers of the bits that are in both, ascending, to the words from `to` on, and anything to the
   * {@link SLACK} behind them. Returns how many.
   */
  andSlots(to: number, a: number, b: number, length: number): number;
}
