import { type FieldError, ValidationError } from '../shared/errors.ts';
import { toValidator } from '../shared/validator.ts';
import { agentDocument } from './agent-document.generated.ts';
import { CLIENT_FIELDS, SERVER_FIELDS } from './agent-fields.ts';
import type { AgentDocument } from './agent-schema.ts';

/** Holds a whole document against the schema. Throws ValidationError naming every field that breaks a rule. */
export const validateAgentDocument = toValidator<AgentDocument>(agentDocument, SERVER_FIELDS);

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
