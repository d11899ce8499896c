import canonicalize from 'canonicalize';
import { PreconditionFailedError, ValidationError } from '../shared/errors.ts';
import { sha256 } from '../shared/ids.ts';
import type { Layer } from './agent-record.ts';
import type { Json } from './merge.ts';

/** 64 bits of a SHA-256: enough to tell one agent's documents apart. */
const shortHash = (value: unknown): string => sha256(canonicalize(value) ?? '').slice(0, 16);

/** Tells documents apart by what they say; the order of their keys says nothing. */
export const documentHash = (document: Json): string => shortHash(document);

/** Tells versions of a layer apart, also those that say the same: one that went away and came back is another. */
export const layerTag = ({ origin, updatedAt, document }: Layer): string =>
  `"l-${shortHash({ origin, updatedAt, document })}"`;

/** What the layer must still be: the version with this tag, or `null`, absent. */
export interface LayerCondition {
  readonly tag: string | null;
}

/**
 * Reads the conditions of a request that writes a layer: `If-Match` with the tag of one, or `If-None-Match: *`.
 *
 * @throws ValidationError where they hold something else
 */
export function parseLayerCondition(headers: Readonly<Record<string, string | undefined>>): LayerCondition | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined) {
    if (noneMatch === undefined && /^"l-[0-9a-f]{16}"$/.test(match.trim())) return { tag: match.trim() };
    throw ValidationError.of('If-Match', 'etag', 'must be the etag of one layer, and stand without If-None-Match');
  }
  if (noneMatch === undefined) return undefined;
  if (noneMatch.trim() === '*') return { tag: null };
  throw ValidationError.of('If-None-Match', 'etag', 'must be *');
}

/** @throws PreconditionFailedError when the stored layer is not what the condition asks for */
export function assertLayer(condition: LayerCondition | undefined, stored: Layer | undefined): void {
  if (condition === undefined || condition.tag === (stored === undefined ? null : layerTag(stored))) return;
  throw new PreconditionFailedError('The layer has changed since it was read.');
}
