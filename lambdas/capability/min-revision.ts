import { ID_PATTERN } from '../agents/agent-fields.ts';
import { ValidationError } from '../shared/errors.ts';
import type { ApiRequest } from '../shared/http/request.ts';
import type { MinRevision } from './min-revision-schema.ts';

/** `calendar:3`: an agent's id, which has no colon, and a revision. */
export const MIN_REVISION_PATTERN = `${ID_PATTERN.replace('$', '')}:[1-9][0-9]{0,14}$`;

const TEXT = new RegExp(MIN_REVISION_PATTERN, 'u');

/** What a body says in two fields; whatever else it says is no text of a revision. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const { agentId, revision, ...others } = (value ?? {}) as Partial<MinRevision>;
  const asTold = typeof agentId === 'string' && typeof revision === 'number' && Object.keys(others).length === 0;
  return asTold ? `${agentId}:${revision}` : '';
}

/** Reads `calendar:3`. Throws ValidationError naming `minRevision`. */
export function parseMinRevision(text: string): MinRevision {
  if (!TEXT.test(text)) {
    throw ValidationError.of('minRevision', 'minRevision', 'must name an agent and a revision of it, from 1 on');
  }
  const [agentId = '', revision] = text.split(':');
  return { agentId, revision: Number(revision) };
}

/**
 * The write that a request wants to see: the query parameter `minRevision=agentId:revision`, or the body's field of that
 * name; `undefined` where it names none.
 *
 * @throws ValidationError naming `minRevision`
 */
export function minRevisionOf({ query, body }: Pick<ApiRequest, 'query' | 'body'>): MinRevision | undefined {
  const text = query.minRevision ?? textOf((body as { minRevision?: unknown } | null | undefined)?.minRevision);
  return text === undefined ? undefined : parseMinRevision(text);
}

/** For `JSON.stringify`: what is asked is the same, whichever write was waited for. */
export const withoutMinRevision = (key: string, value: unknown): unknown => (key === 'minRevision' ? undefined : value);
