import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';
import type { ServiceDocument } from '../../../../lambdas/services/service-document.ts';
import { validateServiceDocument } from '../../../../lambdas/services/validate-service.ts';

const load = (document: object | string, path = 'manifests/x/server.json') =>
  new ManifestLoader().load(path, typeof document === 'string' ? document : JSON.stringify(document, null, 1));

function serviceOf(document: object, path?: string): ServiceDocument {
  const read = load(document, path);
  if (read.verdict !== 'service') throw new Error(JSON.stringify(read));
  return read.service;
}

const schema = (date: string) => `https://static.modelcontextprotocol.io/schemas/${date}/server.schema.json`;

const VARIABLE = { name: 'ACME_TOKEN', description: 'A token' };

const SEED = {
  id: '4e9cf4cf-0000-4aca-bae8-2d10a29ca2e0',
  name: 'io.github.acme/rose-tools',
  description: 'Tools for roses',
  repository: { url: 'https://github.com/acme/rose-tools', source: 'github', id: '1' },
  version_detail: { version: '0.0.1-seed', release_date: '2025-05-16T18:56:49Z', is_latest: true },
  packages: [{ registry_name: 'npm', name: '@acme/roses', version: '0.0.46', environment_variables: [VARIABLE] }],
  remotes: [{ transport_type: 'sse', url: 'https://roses.example.com/sse' }],
};

const SNAKE = {
  $schema: schema('2025-07-09'),
  name: 'io.github.acme/rose-tools',
  description: 'Tools for roses',
  status: 'deprecated',
  version: '1.0.2',
  packages: [
    {
      registry_type: 'pypi',
      identifier: 'roses',
      version: '2',
      environment_variables: [{ ...VARIABLE, is_required: true }],
    },
  ],
  remotes: [{ type: 'streamable-http', url: 'https://roses.example.com/mcp' }],
};

const CAMEL = {
  $schema: schema('2025-12-11'),
  name: 'com.example/roses',
  title: 'Roses',
  description: 'Tools for roses',
  version: '2.0.0',
  packages: [
    {
      registryType: 'oci',
      identifier: 'ghcr.io/acme/roses:2.0.0',
      transport: { type: 'stdio' },
      environmentVariables: [
        { ...VARIABLE, isRequired: true, isSecret: true },
        { name: 'OPTIONAL', isRequired: false },
        { name: 'LEVEL', default: 'info' },
        { name: 'FIXED', value: 'hush' },
      ],
    },
  ],
  remotes: [
    {
      type: 'streamable-http',
      url: 'https://roses.example.com/mcp',
      headers: [{ name: 'X-Api-Key', isRequired: true, isSecret: true }],
    },
    { type: 'sse', url: 'https://{tenant}.example.com/sse', variables: { tenant: { isRequired: true } } },
  ],
  _meta: { 'io.modelcontextprotocol.registry/official': { status: 'active' } },
};

const camel = (part: object) => ({ ...CAMEL, ...part });

describe('an MCP server', () => {
  test('of the seed', () => {
    expect(serviceOf(SEED)).toEqual({
      id: 'io-github-acme-rose-tools',
      name: 'io.github.acme/rose-tools',
      kind: 'mcp',
      version: '0.0.1-seed',
      description: 'Tools for roses',
      endpoints: [{ type: 'sse', url: 'https://roses.example.com/sse' }],
      packages: [{ registry: 'npm', identifier: '@acme/roses', version: '0.0.46' }],
      requires: ['ACME_TOKEN'],
      repository: 'https://github.com/acme/rose-tools',
    });
  });

  test('of the seed may say little', () => {
    const { version_detail: _, packages: __, repository: ___, ...little } = SEED;
    expect(serviceOf(little)).toMatchObject({ id: 'io-github-acme-rose-tools', packages: [] });
  });

  test('of schema 2025-07-09, in snake_case', () => {
    expect(serviceOf(SNAKE)).toMatchObject({
      version: '1.0.2',
      status: 'deprecated',
      packages: [{ registry: 'pypi', identifier: 'roses', version: '2' }],
      endpoints: [{ type: 'streamable-http', url: 'https://roses.example.com/mcp' }],
      requires: ['ACME_TOKEN'],
    });
  });

  test.each(['2025-09-16', '2025-09-29', '2025-10-17', '2025-12-11', '2031-01-01', 'draft'])(
    'of schema %s, in camelCase',
    (date) => {
      expect(serviceOf(camel({ $schema: schema(date) }))).toEqual({
        id: 'com-example-roses',
        name: 'com.example/roses',
        kind: 'mcp',
        title: 'Roses',
        version: '2.0.0',
        description: 'Tools for roses',
        // Nobody can connect to an address that is still to be filled in.
        endpoints: [{ type: 'streamable-http', url: 'https://roses.example.com/mcp' }],
        packages: [{ registry: 'oci', identifier: 'ghcr.io/acme/roses:2.0.0' }],
        requires: ['ACME_TOKEN', 'X-Api-Key', 'tenant'],
        status: 'active',
      });
    },
  );

  test('without $schema is told by its packages or remotes, wherever it lies', () => {
    const { $schema: _, ...undated } = CAMEL;
    expect(serviceOf(undated, 'x.json').packages).toHaveLength(1);
    expect(serviceOf({ ...undated, packages: [] }, 'x.json').endpoints).toHaveLength(1);
  });

  test('keeps no credential', () => {
    const remotes = [
      { type: 'sse', url: 'https://u:hush@h.example.com/sse?key=hush', headers: [{ name: 'A', value: 'hush' }] },
    ];
    const repository = { url: 'https://u:hush@github.com/a/b' };
    const packages = [{ ...CAMEL.packages[0], packageArguments: [{ type: 'named', name: '--k', value: 'hush' }] }];
    expect(JSON.stringify(serviceOf(camel({ remotes, repository, packages })))).not.toContain('hush');
  });

  test.each([
    ['name', { name: '' }],
    ['name', { name: 7 }],
    ['name', { name: 'x'.repeat(257) }],
    ['version', { version: 2 }],
    ['packages', { packages: { x: 1 } }],
    ['packages.0.registryType', { packages: [{ registry_type: 'npm', identifier: 'x' }] }],
    ['packages.0.identifier', { packages: [{ registryType: 'npm', identifier: ['x'] }] }],
    ['remotes.0.type', { remotes: [{ type: 'carrier-pigeon', url: 'https://h.example.com' }] }],
    ['remotes.0.url', { remotes: [{ type: 'sse', url: 'ftp://h.example.com' }] }],
    ['remotes.0.url', { remotes: [{ type: 'sse' }] }],
  ])('with a %s that cannot be read is invalid, which names it and its line', (field, part) => {
    expect(load(camel(part))).toMatchObject({
      verdict: 'invalid',
      line: expect.any(Number),
      errors: [{ field }],
      reason: expect.stringContaining(field),
    });
  });

  test('that says nothing is invalid', () => {
    const blank = { id: '', name: '', description: '', repository: { url: '' }, version_detail: { version: '' } };
    expect(load(blank)).toMatchObject({ verdict: 'invalid', reason: expect.stringContaining('name') });
  });
});

test.each([
  ['a list of servers', [SEED]],
  ['settings of a server of another kind', { name: 'web', port: 80 }],
  ['a workspace', { name: 'x', packages: ['packages/*'] }],
])('%s is none', (_, document) => {
  expect(load(document)).toMatchObject({ verdict: 'skipped', reason: expect.any(String) });
});

const CORPUS = '../shared/corpora/mcp-servers/seed_2025_05_16.first100.json';

(existsSync(CORPUS) ? test : test.skip)(
  'every real server of the seed is a service, and each blank one is invalid',
  () => {
    const records = JSON.parse(readFileSync(CORPUS, 'utf8')) as {
      readonly name: string;
      readonly packages?: unknown[];
    }[];
    expect(records.length).toBe(100);
    for (const record of records) {
      if (record.name === '') expect(load(record)).toMatchObject({ verdict: 'invalid' });
      else {
        const service = serviceOf(record);
        expect(() => validateServiceDocument(service)).not.toThrow();
        expect(service).toMatchObject({ name: record.name });
        expect(service.packages).toHaveLength(record.packages?.length ?? 0);
      }
    }
  },
);
