import fc from 'fast-check';

/** As much of JSON Schema as our own documents use. */
interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Finds the schema behind a `$ref`. */
export type Resolve = (ref: string) => object;

/** fast-check makes no texts for lookaheads: they are left out of the making and held against what was made. */
const LOOKAHEAD = /\(\?![^)]*\)/g;

const textOf = ({ pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> => {
  const length = { minLength, maxLength: Math.min(maxLength, minLength + 40) };
  if (pattern === undefined) return fc.string({ unit: 'grapheme', ...length });
  const whole = new RegExp(pattern, 'u');
  return fc
    .stringMatching(new RegExp(pattern.replace(LOOKAHEAD, ''), 'u'))
    .filter((text) => whole.test(text) && text.length >= minLength && text.length <= maxLength);
};

function objectOf(
  { properties = {}, required = [], additionalProperties }: Schema,
  resolve: Resolve,
): fc.Arbitrary<object> {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fromSchema(schema, resolve)])),
    { requiredKeys: [...required] },
  );
  if (additionalProperties === false || Object.keys(properties).length > 0) return known;
  return fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
}

const BY_TYPE: Readonly<Record<string, (schema: Schema, resolve: Resolve) => fc.Arbitrary<unknown>>> = {
  string: textOf,
  integer: ({ minimum = 0, maximum = minimum + 1_000 }) => fc.integer({ min: minimum, max: maximum }),
  number: ({ minimum = 0, maximum = minimum + 1_000 }) => fc.double({ min: minimum, max: maximum, noNaN: true }),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  array: ({ items = {} }, resolve) => fc.array(fromSchema(items, resolve), { maxLength: 4 }),
  object: objectOf,
};

/** Values that fit a schema, or nearly: what it cannot express is left to chance. */
export function fromSchema(schema: object, resolve: Resolve): fc.Arbitrary<unknown> {
  const { $ref, const: only, enum: values, anyOf, oneOf, type } = schema as Schema;
  if ($ref !== undefined) return fromSchema(resolve($ref), resolve);
  if (only !== undefined) return fc.constant(only);
  if (values !== undefined) return fc.constantFrom(...values);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => fromSchema(choice, resolve)));
  if (type === undefined) return fc.jsonValue({ maxDepth: 3 });
  const types = typeof type === 'string' ? [type] : type;
  return fc.oneof(...types.map((one) => BY_TYPE[one]?.(schema as Schema, resolve) ?? fc.jsonValue({ maxDepth: 2 })));
}
