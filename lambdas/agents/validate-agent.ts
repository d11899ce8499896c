import { type FieldError, ValidationError } from '../shared/errors.ts';
import { compileValidator } from '../shared/validator.ts';
import { AgentDocument, CLIENT_FIELDS, ID_PATTERN, SERVER_FIELDS } from './agent-schema.ts';

/** Holds a whole document against the schema. Throws ValidationError naming every field that breaks a rule. */
export const validateAgentDocument = compileValidator<AgentDocument>(AgentDocument, SERVER_FIELDS);

/** Whether a document is one that {@link validateAgentDocument} would take. */
export function isAgentDocument(document: unknown): document is AgentDocument {
  try {
    validateAgentDocument(document);
    return true;
  } catch (error) {
    if (error instanceof ValidationError) return false;
    throw error;
  }
}

const ID = new RegExp(ID_PATTERN, 'u');

/** Top-level names of a merge patch: `id` stays as it is, and only what clients may set can be patched. */
export function validatePatchFields(patch: unknown): asserts patch is Readonly<Record<string, unknown>> {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    throw ValidationError.of('', 'type', 'must be an object');
  }
  const errors = Object.keys(patch).flatMap((field): FieldError[] => {
    if (field === 'id') return [{ field, rule: 'readOnly', message: 'cannot be changed' }];
    if (SERVER_FIELDS.has(field)) return [{ field, rule: 'readOnly', message: 'is set by the registry' }];
    if (CLIENT_FIELDS.includes(field)) return [];
    return [{ field, rule: 'unknownField', message: 'is not a field of an agent' }];
  });
  if (errors.length > 0) throw new ValidationError(errors);
}

/** An agent id from a path. Throws ValidationError when it cannot be one. */
export function validateAgentId(id: string | undefined): string {
  if (id !== undefined && ID.test(id)) return id;
  throw ValidationError.of(
    'id',
    'pattern',
    'must be 1 to 128 of a-z 0-9 . _ -, start with a letter or digit, without ".."',
  );
}
