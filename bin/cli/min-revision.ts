import { InvalidArgumentError } from 'commander';
import { parseMinRevision } from '../../lambdas/capability/min-revision.ts';
import { ValidationError } from '../../lambdas/shared/errors.ts';

/** `--min-revision`, as the commands that ask the index have it. */
export const MIN_REVISION_OPTION = [
  '--min-revision <id:revision>',
  'a write, such as calendar:3, that the answer has to know',
] as const;

/** A write that the API would take. */
export function minRevisionText(text: string): string {
  try {
    parseMinRevision(text);
    return text;
  } catch (error) {
    if (error instanceof ValidationError)
      throw new InvalidArgumentError('It is the id of an agent, a colon and a revision.');
    throw error;
  }
}
