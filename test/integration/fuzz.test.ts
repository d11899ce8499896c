import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { API_DOCUMENT } from '../../lambdas/openapi/api-document.ts';
import { apiContract, call } from '../support/api.ts';
import { fromSchema } from '../support/schema-arbitrary.ts';

/** Requests of each route. */
const RUNS = 60;
jest.setTimeout(300_000);

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: object;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
}

const schemas = API_DOCUMENT.components.schemas as Record<string, object>;
const resolve = (ref: string): object => schemas[ref.replace('#/components/schemas/', '')] as object;

/** A few ids that come again and again, so that agents are met, changed and removed. */
const knownId = fc.constantFrom('fuzzed-a', 'fuzzed-b', 'fuzzed-c');
const anyText = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 30 }));

/** Fitting values mostly, and whatever else. */
const mostly = (fitting: fc.Arbitrary<unknown>, other: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 4, arbitrary: fitting }, { weight: 1, arbitrary: other });

const parameterValues = (parameters: readonly Parameter[], place: Parameter['in']) =>
  fc.record(
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === place)
        .map(({ name, schema }) => [
          name,
          mostly(name === 'id' ? knownId : fromSchema(schema, resolve), anyText).map(String),
        ]),
    ),
    place === 'path' ? {} : { requiredKeys: [] },
  );

/** A document with one of its fields replaced by anything. */
const spoilt = (fitting: fc.Arbitrary<unknown>) =>
  fc.tuple(fitting, fc.nat(), fc.jsonValue({ maxDepth: 4 })).map(([document, pick, value]) => {
    if (typeof document !== 'object' || document === null) return value;
    const keys = Object.keys(document);
    return { ...document, [keys[pick % Math.max(1, keys.length)] ?? 'extra']: value };
  });

function bodies({ requestBody }: Operation): fc.Arbitrary<unknown> {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  if (schema === undefined) return fc.constant(undefined);
  const fitting = fromSchema(schema, resolve).chain((body) =>
    fc
      .boolean()
      .chain((named) =>
        named && body && typeof body === 'object' && 'name' in body
          ? knownId.map((id) => ({ ...body, id }))
          : fc.constant(body),
      ),
  );
  return fc.oneof(fitting, spoilt(fitting), fc.json().map(String), fc.string({ maxLength: 20 }));
}

/** Waiting for a write that never comes takes two seconds; `freshness.test.ts` looks after those that are waited for. */
const withoutWaiting = <Parts>(parts: Parts): Parts => {
  if (typeof parts !== 'object' || parts === null || !('minRevision' in parts)) return parts;
  const { minRevision, ...others } = parts;
  const fits = typeof minRevision === 'string' ? /:\d+$/.test(minRevision) : typeof minRevision === 'object';
  return fits ? (others as Parts) : parts;
};

function requests(template: string, operation: Operation) {
  const parameters = operation.parameters ?? [];
  return fc.record({
    path: parameterValues(parameters, 'path').map((values) =>
      template.replace(/\{(\w+)\}/g, (_, name: string) =>
        // The emulator decodes %2F before it looks for the route; the gateway of AWS does so behind it.
        encodeURIComponent(String(values[name])).replace(/^\.+$/, '%2E').replaceAll('%2F', '-'),
      ),
    ),
    query: parameterValues(parameters, 'query').map((values) =>
      new URLSearchParams(withoutWaiting(values) as Record<string, string>).toString(),
    ),
    headers: parameterValues(parameters, 'header'),
    body: bodies(operation).map(withoutWaiting),
  });
}

/** Header values that HTTP can carry. */
const sendable = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [
        name,
        String(value)
          .replace(/[^\x20-\xff]/gu, '')
          .trim(),
      ])
      .filter(([, value]) => value),
  );

const operations = Object.entries(API_DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    operation: operation as Operation,
  })),
);

describe('whatever is sent, the answer is documented and no failure of ours', () => {
  test('the document describes every route', async () => {
    expect((await apiContract()).routes().sort()).toEqual(operations.map(({ route }) => route).sort());
  });

  test.each(operations)('$route', async ({ method, path: template, operation }) => {
    await fc.assert(
      fc.asyncProperty(requests(template, operation), async ({ path, query, headers, body }) => {
        // `call` holds each answer against the document.
        const answer = await call(method, query ? `${path}?${query}` : path, body, sendable(headers));
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
