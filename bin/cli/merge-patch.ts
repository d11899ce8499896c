import { CLIENT_FIELDS, MAX_NAME_LENGTH } from '../../lambdas/agents/agent-fields.ts';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import { changedFields } from '../../lambdas/agents/changed-fields.ts';
import { isObject, type Json } from '../../lambdas/agents/merge.ts';
import type { FileAgent } from '../../lambdas/discovery/reading/read-document.ts';
import { asShown } from '../../lambdas/discovery/reading/shown-agent.ts';

/** Of two documents, what turns the first into the second as a JSON merge patch (RFC 7396); empty: nothing. */
function patchBetween(before: Json, after: Json, said: Json): Json {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, wanted] = [before[key], after[key]];
    if (isObject(old) && isObject(wanted)) {
      const child = patchBetween(old, wanted, isObject(said[key]) ? said[key] : {});
      if (Object.keys(child).length > 0) patch[key] = child;
    } else if (changedFields({ value: old }, { value: wanted }).length > 0) {
      // What the file does not say goes back to its default by being deleted, not by being set to it.
      patch[key] = Object.hasOwn(said, key) ? wanted : null;
    }
  }
  return patch;
}

/** What `rename` adds to a name that is taken: `-{epoch ms}`, and a random part on a further clash. */
const RENAMED = /^(.*?)(-\d{13}(?:-[a-z0-9]{4,16})?)$/s;

/** Whether an agent that asked for `wanted` may have been given `given`. */
function isNameGiven(given: unknown, wanted: string): boolean {
  if (given === wanted) return true;
  const [, base = '', suffix = ''] = typeof given === 'string' ? (RENAMED.exec(given) ?? []) : [];
  return base !== '' && wanted.slice(0, MAX_NAME_LENGTH - suffix.length).trimEnd() === base;
}

/**
 * Fields that a file's silence leaves alone: how an agent is operated is no matter of its file, and how a clash was
 * settled is history. The id is what the two have in common.
 */
const NOT_RESET = ['operatorMode', 'conflictResolution'];

/**
 * The merge patch that makes an agent of the registry what its file says; empty when it is. What the file no longer says
 * is deleted. A name that was given in place of the one that the file asks for is no difference.
 *
 * @param current the agent as the API shows it
 */
export function patchTowards(current: Json, wanted: FileAgent): Json {
  const shown = asShown(wanted);
  const fields = CLIENT_FIELDS.filter(
    (field) => field !== 'id' && (Object.hasOwn(wanted, field) || !NOT_RESET.includes(field)),
  );
  const part = (document: Json | Agent) =>
    Object.fromEntries(fields.map((field) => [field, (document as Json)[field]]));
  const { maxConcurrent } = isObject(current.capacity) ? current.capacity : {};
  const name = isNameGiven(current.name, wanted.name) ? wanted.name : current.name;
  const before = { ...part(current), name, capacity: { maxConcurrent } };
  const after = { ...part(shown), capacity: { maxConcurrent: shown.capacity.maxConcurrent } };
  return patchBetween(before, after, wanted);
}

/** Whether an agent is what another file says of its own: nothing differs but where they come from. */
export const isLike = (current: Json, wanted: FileAgent): boolean =>
  Object.keys(patchTowards(current, wanted)).every((field) => field === 'filePath');
