import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type FieldError, MAX_NAMED_ERRORS, ValidationError } from './errors.ts';

const ajv = new Ajv2020({
  allErrors: true,
  discriminator: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
});
addFormats.default(ajv, ['uri']);

/** `/config/tools/0` and a property become `config.tools.0.property`. */
const dotted = (pointer: string, property?: unknown): string =>
  [...pointer.split('/').slice(1), ...(property === undefined ? [] : [String(property)])]
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

function toFieldError(
  { instancePath, keyword, params, message = 'is not valid' }: ErrorObject,
  readOnly: ReadonlySet<string>,
): FieldError {
  const field = dotted(instancePath, params.missingProperty ?? params.additionalProperty);
  if (keyword === 'additionalProperties') {
    return readOnly.has(field)
      ? { field, rule: 'readOnly', message: 'is set by the registry' }
      : { field, rule: 'unknownField', message: 'is not a known field' };
  }
  if (keyword === 'required') return { field, rule: 'required', message: 'is required' };
  if (keyword === 'enum') return { field, rule: 'enum', message: `must be one of ${params.allowedValues.join(', ')}` };
  return { field, rule: keyword, message };
}

/**
 * Compiles a JSON Schema (2020-12) to a function that returns what fits it, typed, and throws a
 * {@link ValidationError} that names every field that breaks a rule of what does not.
 *
 * @param readOnly dotted paths that only the registry sets: a client that sends one is told so
 */
export function compileValidator<T>(schema: object, readOnly: ReadonlySet<string> = new Set()): (value: unknown) => T {
  const validate = ajv.compile<T>(schema);
  return (value) => {
    if (validate(value)) return value;
    const named = (validate.errors ?? []).slice(0, MAX_NAMED_ERRORS);
    throw new ValidationError(named.map((error) => toFieldError(error, readOnly)));
  };
}
