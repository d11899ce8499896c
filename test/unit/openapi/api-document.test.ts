import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { WRITE_ROUTES } from '../../../lambdas/agents/contract.ts';
import { PUBLISHED_SCHEMAS } from '../../../lambdas/agents/published-schemas.ts';
import { READ_ROUTES } from '../../../lambdas/capability/contract.ts';
import { DISCOVERY_ROUTES } from '../../../lambdas/discovery/contract.ts';
import { HEALTH_ROUTES } from '../../../lambdas/health/contract.ts';
import { API_DOCUMENT } from '../../../lambdas/openapi/api-document.ts';
import { OPEN_ROUTES } from '../../../lambdas/openapi/contract.ts';

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(API_DOCUMENT)));

    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  test('describes every route that the gateway has', () => {
    const described = Object.entries(API_DOCUMENT.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const all = [...WRITE_ROUTES, ...READ_ROUTES, ...DISCOVERY_ROUTES, ...HEALTH_ROUTES, ...OPEN_ROUTES];
    const routed = all.filter((route) => route !== '$default');

    expect(described.sort()).toEqual(routed.sort());
  });

  test('says that only the open routes need no signature', () => {
    for (const [path, operations] of Object.entries(API_DOCUMENT.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const isOpen = (OPEN_ROUTES as readonly string[]).includes(`${method.toUpperCase()} ${path}`);
        expect('401' in (operation as { responses: object }).responses).toBe(!isOpen);
      }
    }
  });

  test('asks for a body wherever one is needed, and leaves the choice where none is', () => {
    const asked = Object.entries(API_DOCUMENT.paths).flatMap(([path, operations]) =>
      Object.entries(operations as Record<string, { requestBody?: { required: boolean } }>)
        .filter(([, { requestBody }]) => requestBody)
        .map(([method, { requestBody }]) => `${method.toUpperCase()} ${path}: ${requestBody?.required}`),
    );

    expect(asked.sort()).toEqual([
      'POST /registry/agents/{id}/heartbeat: true',
      'POST /registry/agents: true',
      'POST /registry/health/override: true',
      'POST /registry/heartbeats: true',
      'POST /registry/reload: false',
      'POST /registry/search: true',
      'PUT /registry/agents/{id}/layers/filesystem: true',
      'PUT /registry/agents/{id}: true',
    ]);
  });

  test.each([
    ['PUT', [200, 400, 401, 403, 409, 412, 413, 429, 500, 503]],
    ['DELETE', [204, 400, 401, 403, 404, 409, 412, 429, 500, 503]],
  ])('tells all that may become of a layer: %s', (method, statuses) => {
    const operation = API_DOCUMENT.paths['/registry/agents/{id}/layers/filesystem']?.[method.toLowerCase()];

    expect(operation).toMatchObject({ responses: Object.fromEntries(statuses.map((status) => [status, {}])) });
    expect(Object.keys((operation as { responses: object }).responses)).toHaveLength(statuses.length);
  });

  test('lists each schema under its own name, and every one that it refers to', () => {
    const { schemas } = API_DOCUMENT.components;
    const text = JSON.stringify(API_DOCUMENT.paths);
    const referred = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);

    expect([...new Set(referred)].sort()).toEqual(Object.keys(schemas).sort());
    for (const [name, schema] of Object.entries(schemas)) expect(schema).toMatchObject({ title: name });
  });

  test('lets nothing but a problem out as a problem document', () => {
    const types = JSON.stringify(API_DOCUMENT.paths).match(/"application\/problem\+json":\{"schema":\{[^}]+\}/g) ?? [];

    expect(new Set(types)).toEqual(
      new Set(['"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}']),
    );
  });
});

test.each(Object.entries(PUBLISHED_SCHEMAS))('the schema %s is named by where it is served', (name, schema) => {
  expect(schema).toMatchObject({ $id: `/registry/schemas/${name}.json` });
});
