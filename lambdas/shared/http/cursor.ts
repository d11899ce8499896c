import { ValidationError } from '../errors.ts';
import { sha256 } from '../ids.ts';

/** Where a walk goes on: behind the last item that it saw, which may be gone by then. JSON. */
export interface Place {
  readonly id: string;
}

const CHECKSUM = 16;

const checksum = (place: string, question: string): string => sha256(`${question}\n${place}`).slice(0, CHECKSUM);

const encoded = (place: string, question: string): string =>
  Buffer.from(`${checksum(place, question)}${place}`).toString('base64url');

/**
 * The text of a place, for whoever asks the same question again. It grants nothing, so a checksum is enough to tell a
 * cursor that was changed or belongs to another question.
 */
export const encodeCursor = (place: Place, question: string): string => encoded(JSON.stringify(place), question);

/** A place, if a text is one: whoever works out a checksum can have it on anything. */
function parsed(text: string, isPlace: (place: Place) => boolean): Place | undefined {
  try {
    const place = JSON.parse(text) as Place | null;
    return place !== null && typeof place.id === 'string' && isPlace(place) ? place : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The last place seen.
 *
 * @param isPlace whether a place has, besides its id, what its walk goes by. @default - an id is enough
 * @throws ValidationError when the cursor was changed, is another question's, or is none that a walk ever gave
 */
export function decodeCursor(cursor: string, question: string, isPlace: (place: Place) => boolean = () => true): Place {
  const text = Buffer.from(cursor, 'base64url').toString().slice(CHECKSUM);
  const place = encoded(text, question) === cursor ? parsed(text, isPlace) : undefined;
  if (place === undefined) throw ValidationError.of('cursor', 'cursor', 'must be a nextCursor of the same question');
  return place;
}
