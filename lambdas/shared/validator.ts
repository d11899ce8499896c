import type { ErrorObject } from 'ajv/dist/2020.js';
import { type FieldError, MAX_NAMED_ERRORS, ValidationError } from './errors.ts';

/**
 * A JSON Schema (2020-12) as code, compiled by Ajv: `npm run schemas` writes these to the files called
 * `*.generated.ts`. Compiling when a function starts took 40 ms of each cold start, and Ajv is larger than all else in it.
 */
export interface CompiledSchema {
  (value: unknown): boolean;
  /** Of the newest call. */
  errors?: readonly ErrorObject[] | null;
}

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
 * A function that returns what fits a schema, typed, and throws a {@link ValidationError} that names every field that
 * breaks a rule of what does not.
 *
 * @param readOnly dotted paths that only the registry sets: a client that sends one is told so
 */
export function toValidator<T>(
  compiled: CompiledSchema,
  readOnly: ReadonlySet<string> = new Set(),
): (value: unknown) => T {
  return (value) => {
    if (compiled(value)) return value as T;
    const named = (compiled.errors ?? []).slice(0, MAX_NAMED_ERRORS);
    throw new ValidationError(named.map((error) => toFieldError(error, readOnly)));
  };
}
