import { ID_PATTERN } from '../agents/agent-fields.ts';
import { ValidationError } from '../shared/errors.ts';
import type { ApiRequest } from '../shared/http/request.ts';
import type { MinRevision } from './min-revision-schema.ts';

/** `calendar:3`: an agent's id, which has no colon, and a revision. */
export const MIN_REVISION_PATTERN = `${ID_PATTERN.replace('$', '')}:[1-9][0-9]{0,14}$`;

const TEXT = new RegExp(MIN_REVISION_PATTERN, 'u');

/** Reads `calendar:3`. Throws ValidationError naming `minRevision`. */
export function parseMinRevision(text: string): MinRevision {
  if (!TEXT.test(text)) {
    throw ValidationError.of('minRevision', 'minRevision', 'must name an agent and a revision of it, from 1 on');
  }
  const [agentId = '', revision] = text.split(':');
  return { agentId, revision: Number(revision) };
}

/**
 * The write that a query wants to see, by its parameter `minRevision=agentId:revision`; nothing where it names none.
 *
 * @throws ValidationError naming `minRevision`
 */
export const minRevisionOf = ({ minRevision: text }: ApiRequest['query']): { readonly minRevision?: MinRevision } =>
  text === undefined ? {} : { minRevision: parseMinRevision(text) };
