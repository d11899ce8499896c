import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { WRITE_ROUTES } from '../../../lambdas/agents/contract.ts';
import { PUBLISHED_SCHEMAS } from '../../../lambdas/agents/published-schemas.ts';
import { API_DOCUMENT } from '../../../lambdas/capability/api-document.ts';
import { OPEN_ROUTES, READ_ROUTES } from '../../../lambdas/capability/contract.ts';

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
    const routed = [...WRITE_ROUTES, ...READ_ROUTES, ...OPEN_ROUTES].filter((route) => route !== '$default');

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
});

describe('a published schema', () => {
  test.each(Object.entries(PUBLISHED_SCHEMAS))(
    '%s in the repository is the one that the code has',
    async (name, schema) => {
      const file = new URL(`../../../lambdas/agents/schemas/${name}.json`, import.meta.url);

      // `npm run schemas` writes them.
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
    },
  );

  test.each(Object.entries(PUBLISHED_SCHEMAS))('%s is named by where it is served', (name, schema) => {
    expect(schema).toMatchObject({ $id: `/registry/schemas/${name}.json` });
  });
});
