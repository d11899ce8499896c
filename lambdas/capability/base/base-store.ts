import { sha256 } from '../../shared/ids.ts';
import { decodeBase, encodeBase, type IndexBase } from './base-codec.ts';

/** A base this old, in milliseconds, is refused: the log it needs keeps seven days. */
export const MAX_BASE_AGE_MS = 5 * 24 * 60 * 60 * 1000;

/**
 * A base this far ahead of its reader's clock, in milliseconds, is refused: the clock of whoever wrote it was wrong, and
 * readers would start past what they have to read.
 */
export const MAX_BASE_AHEAD_MS = 10_000;

/** A base that takes longer to read than this, in milliseconds, is none: who waits has ten seconds in all. */
export const MAX_BASE_READ_MS = 3_000;

/** A base as it is kept: its bytes, and the hash that names it. */
export interface SealedBase {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** Where bases are kept. */
export interface BaseStore {
  /**
   * The newest base; `undefined` where there is none, or none that can be used at `now` (milliseconds since the
   * epoch): too old, corrupt, out of reach, or not read within {@link MAX_BASE_READ_MS}. Bases only make starts faster,
   * so it does not throw.
   */
  newest(now: number): Promise<IndexBase | undefined>;
  /**
   * Keeps a base, if it covers strictly more than the newest one, or the newest is from the future at `now`.
   * Returns whether it was kept.
   */
  write(base: IndexBase, now: number): Promise<boolean>;
}

/** The bytes of a base and their SHA-256. */
export function sealBase(base: IndexBase): SealedBase {
  const bytes = encodeBase(base);
  return { bytes, hash: sha256(bytes) };
}

/**
 * Reads a base.
 *
 * @param now milliseconds since the epoch
 * @throws Error saying why it cannot be used: another hash, no base, too old, from the future
 */
export function openBase({ bytes, hash }: SealedBase, now: number): IndexBase {
  if (sha256(bytes) !== hash) throw new Error('The base is not what its hash says');
  const base = decodeBase(bytes);
  if (now - base.asOf > MAX_BASE_AGE_MS) throw new Error('The base is too old for the log');
  if (base.asOf - now > MAX_BASE_AHEAD_MS) throw new Error('The base is from the future');
  return base;
}
