import { PreconditionFailedError, ValidationError } from '../shared/errors.ts';

const ENTITY_TAG = /^(?:W\/)?"([^"]*)"$/;
const REVISION = /^r(\d{1,15})(?:-[0-9a-f]+)?$/;

/** What `If-Match` asks for: any living agent, or one of these revisions. */
export type RevisionCondition = 'any' | readonly number[];

/**
 * Reads an `If-Match` header (RFC 9110, section 13.1.1). Only the revision counts: the live fields move by themselves.
 *
 * @returns `undefined` where there is no header.
 * @throws ValidationError where it holds something else than entity tags of this registry.
 */
export function parseIfMatch(header: string | undefined): RevisionCondition | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'any';
  return header.split(',').map((tag) => {
    const text = ENTITY_TAG.exec(tag.trim())?.[1];
    if (text === undefined) throw ValidationError.of('If-Match', 'etag', 'must be * or a list of ETags in quotes');
    // A tag of somebody else's matches nothing of ours.
    return Number(REVISION.exec(text)?.[1] ?? Number.NaN);
  });
}

/** @throws PreconditionFailedError when the agent's revision is not among those asked for. */
export function assertRevision(condition: RevisionCondition | undefined, revision: number): void {
  if (condition === undefined || condition === 'any' || condition.includes(revision)) return;
  throw new PreconditionFailedError(`The agent is at revision ${revision} now.`);
}
