import { describe, expect, test } from '@jest/globals';
import { ARCHITECTURE } from '../support/architecture-rules.ts';
import { type Module, parseModule, projectModules } from '../support/modules.ts';

const modules = projectModules();

describe('in this project', () => {
  test('all three trees are looked at', () => {
    const trees = new Set(modules.map(({ path }) => path.split('/')[0]));

    expect(trees).toEqual(new Set(['bin', 'lib', 'lambdas']));
    expect(modules.length).toBeGreaterThan(100);
  });

  test.each(Object.entries(ARCHITECTURE))('%s', (_, rule) => {
    expect(rule(modules)).toEqual([]);
  });
});

/** A project made of arrows: each file with what it imports. */
const project = (arrows: Readonly<Record<string, readonly string[]>>): Module[] =>
  Object.entries(arrows).map(([path, imports]) => ({ path, imports, onlyReexports: false }));

const complaints = (arrows: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.values(ARCHITECTURE).flatMap((rule) => rule(project(arrows)));

describe('a project that keeps to the architecture', () => {
  test('gives no reason to complain', () => {
    const arrows = {
      'bin/app.ts': ['lib/stack.ts', 'lambdas/agents/register-agent.ts', 'lambdas/agents/dynamo-store.ts'],
      'lib/stack.ts': ['lib/config.ts', 'lambdas/agents/contract.ts', 'aws-cdk-lib', 'constructs'],
      'lib/config.ts': [],
      'lambdas/agents/contract.ts': [],
      'lambdas/agents/write.handler.ts': ['lambdas/agents/register-agent.ts', 'lambdas/agents/dynamo-store.ts'],
      'lambdas/agents/register-agent.ts': ['lambdas/agents/store.ts', 'lambdas/shared/errors.ts', 'p-retry'],
      'lambdas/agents/store.ts': [],
      'lambdas/agents/dynamo-store.ts': ['lambdas/agents/store.ts', '@aws-sdk/client-dynamodb'],
      'lambdas/capability/read.handler.ts': ['lambdas/agents/dynamo-store.ts', '@aws-sdk/util-dynamodb'],
      'lambdas/shared/aws-clients.ts': ['@aws-sdk/client-dynamodb'],
      'lambdas/shared/errors.ts': [],
    };

    expect(complaints(arrows)).toEqual([]);
  });
});

describe('an arrow that may not be is named', () => {
  test.each([
    ['lambdas/shared/x.ts', 'lambdas/agents/y.ts', 'lambdas/shared may not import this'],
    ['lambdas/agents/x.ts', 'lambdas/capability/y.ts', 'lambdas/agents may not import this'],
    ['lambdas/capability/x.ts', 'lambdas/discovery/y.ts', 'lambdas/capability may not import this'],
    ['lambdas/discovery/x.ts', 'lambdas/capability/contract.ts', 'lambdas/discovery may not import this'],
    ['lambdas/services/x.ts', 'lambdas/discovery/y.ts', 'lambdas/services may not import this'],
    ['lambdas/discovery/x.ts', 'lambdas/openapi/contract.ts', 'lambdas/discovery may not import this'],
    ['lambdas/agents/x.ts', 'lib/config.ts', 'lambdas/agents may not import this'],
    ['lambdas/agents/x.ts', 'test/support/y.ts', 'lambdas/agents may not import this'],
    ['lib/x.ts', 'lambdas/agents/agent.ts', 'lib may not import this'],
    ['lib/x.ts', 'lambdas/agents/deep/contract.ts', 'lib may not import this'],
    ['lib/x.ts', 'bin/app.ts', 'lib may not import this'],
    ['lambdas/kitchen/x.ts', 'p-retry', 'the table of rooms does not know lambdas/kitchen'],
    ['bin/x.ts', 'lambdas/agents/y.handler.ts', 'nobody imports a handler'],
    ['lambdas/agents/x.handler.ts', 'lambdas/agents/y.handler.ts', 'nobody imports a handler'],
    ['lambdas/agents/x.ts', 'lambdas/agents/dynamo-y.ts', 'a use case or port knows no adapter'],
    ['lambdas/discovery/x.ts', 'lambdas/discovery/s3-y.ts', 'a use case or port knows no adapter'],
    ['lambdas/agents/x.ts', '@aws-sdk/client-dynamodb', 'only adapters and handlers know the SDK'],
    ['lambdas/shared/x.ts', '@aws-sdk/client-s3', 'only adapters and handlers know the SDK'],
  ])('%s -> %s', (from, to, reason) => {
    expect(complaints({ [from]: [to] })).toEqual([`${from} -> ${to}: ${reason}`]);
  });

  test('where a contract reaches a library through others', () => {
    const arrows = {
      'lambdas/agents/contract.ts': ['lambdas/agents/names.ts'],
      'lambdas/agents/names.ts': ['aws-cdk-lib'],
    };

    expect(complaints(arrows)).toEqual([
      'lambdas/agents/contract.ts -> lambdas/agents/names.ts -> aws-cdk-lib: a contract imports no SDK and no CDK',
    ]);
  });

  test('where it closes a circle, once', () => {
    const arrows = {
      'lambdas/agents/b.ts': ['lambdas/agents/c.ts'],
      'lambdas/agents/c.ts': ['lambdas/agents/a.ts'],
      'lambdas/agents/a.ts': ['lambdas/agents/b.ts'],
      'lambdas/agents/d.ts': ['lambdas/agents/a.ts'],
    };

    expect(complaints(arrows)).toEqual([
      'lambdas/agents/a.ts -> lambdas/agents/b.ts -> lambdas/agents/c.ts -> lambdas/agents/a.ts: a circle',
    ]);
  });

  test('where a file imports itself', () => {
    expect(complaints({ 'bin/a.ts': ['bin/a.ts'] })).toEqual(['bin/a.ts -> bin/a.ts: a circle']);
  });

  test('where a file only leads to others', () => {
    const barrel = parseModule(
      'bin/all.ts',
      "import type { A } from './a.ts';\nexport * from './b.ts';\nexport type { A };",
    );

    expect(Object.values(ARCHITECTURE).flatMap((rule) => rule([barrel]))).toEqual(['bin/all.ts: a barrel']);
    expect(complaints({ 'lib/stacks/index.ts': [] })).toEqual(['lib/stacks/index.ts: a barrel']);
  });
});

describe("a file's arrows", () => {
  test.each([
    "import { a } from '../b.ts';",
    "import type { a } from '../b.ts';",
    "import '../b.ts';",
    "export * from '../b.ts';",
    "export { a } from '../b.ts';",
    "export type { a } from '../b.ts';",
    "const load = async () => ({ b: await import('../b.ts') });",
    "export type A = { deep: import('../b.ts').A };",
    "import b = require('../b.ts');",
  ])('are found in %s', (source) => {
    expect(parseModule('lambdas/agents/a.ts', source).imports).toEqual(['lambdas/b.ts']);
  });

  test('are not found in texts and comments', () => {
    const source = "// import { a } from './b.ts';\nexport const text = \"import './c.ts'\";";

    expect(parseModule('bin/a.ts', source)).toEqual({ path: 'bin/a.ts', imports: [], onlyReexports: false });
  });

  test('lead to packages by their names', () => {
    expect(parseModule('bin/a.ts', "import x from '@aws-sdk/client-s3';\nx();").imports).toEqual([
      '@aws-sdk/client-s3',
    ]);
  });
});
