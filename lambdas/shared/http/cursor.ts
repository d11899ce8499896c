import { ValidationError } from '../errors.ts';
import { sha256 } from '../ids.ts';

const checksum = (lastId: string, filterKey: string): string => sha256(`${filterKey}\n${lastId}`).slice(0, 16);

/**
 * Where a walk over the list goes on: after the last id that it saw. It survives changes, because an id stays where it
 * is. It grants nothing, so a checksum is enough to tell a cursor that was changed or belongs to other filters.
 */
export const encodeCursor = (lastId: string, filterKey: string): string =>
  Buffer.from(`${checksum(lastId, filterKey)}${lastId}`).toString('base64url');

/**
 * The last id seen.
 *
 * @throws ValidationError when the cursor was changed or is another filter's
 */
export function decodeCursor(cursor: string, filterKey: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  const lastId = text.slice(16);
  if (lastId !== '' && encodeCursor(lastId, filterKey) === cursor) return lastId;
  throw ValidationError.of('cursor', 'cursor', 'must be a nextCursor of this list with the same filters');
}
