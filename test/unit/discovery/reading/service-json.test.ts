import { expect, test } from '@jest/globals';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';

const load = (document: unknown, path = 'manifests/dynamodb/service.json') =>
  new ManifestLoader().load(path, JSON.stringify(document));

test('a service needs nothing but its name', () => {
  expect(load({ $schema: 'https://example.com/service.json', name: 'Amazon DynamoDB' })).toEqual({
    verdict: 'service',
    service: {
      id: 'amazon-dynamodb',
      name: 'Amazon DynamoDB',
      kind: 'service',
      endpoints: [],
      packages: [],
      requires: [],
    },
  });
});

test('a service keeps what it says of itself', () => {
  const endpoints = [{ type: 'http', url: 'https://api.example.com' }];
  expect(load({ id: 'weather', name: 'Weather', version: '2', endpoints })).toMatchObject({
    service: { id: 'weather', version: '2', endpoints },
  });
});

test('one that breaks a rule is invalid, with its field and line', () => {
  expect(load({ name: 'x', endpoints: [{ type: 'ftp', url: 'https://example.com' }] })).toMatchObject({
    verdict: 'invalid',
    errors: [{ field: 'endpoints.0.type', rule: 'enum' }],
    line: 1,
  });
});

test.each([
  ['another name', { name: 'x' }, 'manifests/x/other.json'],
  ['keys that no service has', { name: 'x', scripts: {} }, 'service.json'],
  ['no name', { description: 'x' }, 'service.json'],
])('a file with %s is none', (_, document, path) => {
  expect(load(document, path)).toMatchObject({ verdict: 'skipped' });
});
