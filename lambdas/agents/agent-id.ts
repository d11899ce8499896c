import { ValidationError } from '../shared/errors.ts';
import { ID_PATTERN } from './agent-fields.ts';

const ID = new RegExp(ID_PATTERN, 'u');

/** An agent id from a path. Throws ValidationError when it cannot be one. */
export function validateAgentId(id: string | undefined): string {
  if (id !== undefined && ID.test(id)) return id;
  throw ValidationError.of(
    'id',
    'pattern',
    'must be 1 to 128 of a-z 0-9 . _ -, start with a letter or digit, without ".."',
  );
}
