import { hash, randomBytes } from 'node:crypto';
import { decodeTime, encodeTime, monotonicFactory, ulid } from 'ulid';
import type { Clock } from './clock.ts';

/**
 * Makes ULIDs: 26 characters that sort by time, and within a millisecond by the order of making. With `after` the id
 * sorts behind that one, whatever the clocks of the two makers say.
 */
export type UlidFactory = (after?: string) => string;

/** A factory whose ids never go backwards within this process, even when the clock does. */
export function createUlidFactory(clock: Clock): UlidFactory {
  const next = monotonicFactory();
  return (after = '') => {
    const id = next(clock.now());
    // Not from `next`: one id in the future would take all later ones there.
    return id > after ? id : ulid(timeOfUlid(after) + 1);
  };
}

/** The smallest ULID of a millisecond: everything made at or after `milliseconds` sorts at or after it. */
export const firstUlidOf = (milliseconds: number): string => encodeTime(Math.max(0, milliseconds), 10) + '0'.repeat(16);

/** The milliseconds since the epoch that a ULID carries. Throws when it is none. */
export const timeOfUlid = (ulid: string): number => decodeTime(ulid);

/** `length` random characters of `a-z2-7`: 5 bits each. */
export function randomSuffix(length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** SHA-256 of a text in UTF-8, or of bytes, in hexadecimal. */
export const sha256 = (data: string | Uint8Array): string => hash('sha256', data);
