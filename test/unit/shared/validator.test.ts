import { describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { createAjv } from '../../../bin/schemas/ajv.ts';
import { MAX_NAMED_ERRORS, type ValidationError } from '../../../lambdas/shared/errors.ts';
import { toValidator } from '../../../lambdas/shared/validator.ts';
import { brokenRules, errorOf } from '../../support/errors.ts';

const Inner = Type.Object({ size: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });
const schema = Type.Object(
  { kind: Type.Enum(['big', 'small']), inner: Type.Optional(Inner), 'a/b~c': Type.Optional(Type.String()) },
  { additionalProperties: false },
);
const ajv = createAjv();
const validate = toValidator(ajv.compile(schema), new Set(['revision', 'inner.weight']));
const breaking = (value: unknown) => brokenRules(() => validate(value));

describe('a validator', () => {
  test('gives back what fits', () => {
    const value = { kind: 'big', inner: { size: 2 } };

    expect(validate(value)).toBe(value);
  });

  test('names every field that breaks a rule by its dotted path', () => {
    expect(breaking({ inner: { size: 0 }, 'a/b~c': 5 })).toEqual(['kind required', 'inner.size minimum', 'a/b~c type']);
  });

  test('tells fields that nobody knows from fields that the registry sets', () => {
    expect(breaking({ kind: 'big', revision: 1, colour: 'red', inner: { size: 1, weight: 2 } })).toEqual([
      'revision readOnly',
      'colour unknownField',
      'inner.weight readOnly',
    ]);
  });

  test('lists the values that there are', () => {
    expect(() => validate({ kind: 'medium' })).toThrow('kind: must be one of big, small');
  });

  test('names no more errors than an answer should carry', () => {
    const list = toValidator(ajv.compile({ type: 'array', items: { type: 'string' } }));
    const error = errorOf(() => list(Array.from({ length: 10_000 }, (_, n) => n))) as ValidationError;

    expect(error.errors).toHaveLength(MAX_NAMED_ERRORS);
    expect(error.message.length).toBeLessThan(1_000);
  });

  test('names the document as a whole by an empty path', () => {
    expect(breaking('text')).toEqual([' type']);
  });
});
