import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type FieldError, ValidationError } from '../shared/errors.ts';
import { AgentDocument, CLIENT_FIELDS, ID_PATTERN, SERVER_FIELDS } from './agent-schema.ts';

const ajv = new Ajv2020({ allErrors: true, discriminator: true, strict: true, allowUnionTypes: true });
addFormats.default(ajv, ['uri']);
const validate = ajv.compile<AgentDocument>(AgentDocument);

const ID = new RegExp(ID_PATTERN, 'u');

/** `/config/tools/0` and a property become `config.tools.0.property`. */
const dotted = (pointer: string, property?: unknown): string =>
  [...pointer.split('/').slice(1), ...(property === undefined ? [] : [String(property)])]
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

function toFieldError({ instancePath, keyword, params, message = 'is not valid' }: ErrorObject): FieldError {
  const field = dotted(instancePath, params.missingProperty ?? params.additionalProperty);
  if (keyword === 'additionalProperties') {
    return SERVER_FIELDS.has(field)
      ? { field, rule: 'readOnly', message: 'is set by the registry' }
      : { field, rule: 'unknownField', message: 'is not a field of an agent' };
  }
  if (keyword === 'required') return { field, rule: 'required', message: 'is required' };
  if (keyword === 'enum') return { field, rule: 'enum', message: `must be one of ${params.allowedValues.join(', ')}` };
  return { field, rule: keyword, message };
}

/**
 * Holds a whole document against the schema.
 *
 * @returns the document, typed.
 * @throws ValidationError naming every field that breaks a rule.
 */
export function validateAgentDocument(document: unknown): AgentDocument {
  if (validate(document)) return document;
  throw new ValidationError((validate.errors ?? []).map(toFieldError));
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

/** An agent id from a path. Throws ValidationError when it cannot be one. */
export function validateAgentId(id: string | undefined): string {
  if (id !== undefined && ID.test(id)) return id;
  throw ValidationError.of(
    'id',
    'pattern',
    'must be 1 to 128 of a-z 0-9 . _ -, start with a letter or digit, without ".."',
  );
}
