import { describe, expect, test } from '@jest/globals';
import { synthesise, type Templates } from '../support/template.ts';

/** Names within something that has a name of its own: a role's policy, an API's stage, a queue's metric. */
const INNER_NAMES = ['PolicyName', 'StageName', 'MetricName'];

/** The names that are spelled in the template, and those of the exports: what a second stage could collide with. */
function physicalNames({ storage, registry, resources, stackNames }: Templates): string[] {
  const spelled = resources.flatMap(({ Properties }) =>
    Object.entries(Properties).filter(
      ([key, value]) => /Name$/.test(key) && typeof value === 'string' && !INNER_NAMES.includes(key),
    ),
  );
  const outputs = [storage, registry].flatMap((one): { Export?: { Name: string } }[] =>
    Object.values(one.toJSON().Outputs),
  );
  return [
    ...spelled.map(([, value]) => value),
    ...outputs.flatMap((output) => output.Export?.Name ?? []),
    ...stackNames,
  ];
}

describe('several stages in one account', () => {
  test('have no name in common, and every name says its stage', () => {
    const [dev, prod] = [physicalNames(synthesise({ env: 'dev' })), physicalNames(synthesise({ env: 'prod' }))];
    expect(dev).toEqual(expect.arrayContaining(['ai-pa-agent-registry-dev', 'ai-pa-agent-registry-dev-write-api']));
    expect(dev.length).toBeGreaterThanOrEqual(40);
    expect(dev.filter((name) => prod.includes(name))).toEqual([]);
    expect(dev.filter((name) => !name.includes('ai-pa-agent-registry-dev'))).toEqual([]);
  });

  test('have no name in common under two prefixes either', () => {
    const theirs = physicalNames(synthesise({ prefix: 'acme' }));
    expect(physicalNames(synthesise()).filter((name) => theirs.includes(name))).toEqual([]);
  });

  test('have names that fit, at the longest prefix and stage', () => {
    const longest = synthesise({ env: 'sixteen-letters1', prefix: 'sixteen-letters2' });
    const functions = longest.resources.filter(({ Type }) => Type === 'AWS::Lambda::Function');
    const rules = longest.resources.filter(({ Type }) => Type === 'AWS::Events::Rule');
    expect(rules).toHaveLength(7);
    const names = [...functions, ...rules].map(({ Properties }) => Properties.FunctionName ?? Properties.Name);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(64);
  });
});

describe('the stacks', () => {
  test('are called by prefix and stage', () => {
    expect(synthesise({ env: 'prod' }).stackNames).toEqual([
      'ai-pa-agent-registry-prod-storage',
      'ai-pa-agent-registry-prod-api',
      'ai-pa-agent-registry-prod-monitoring',
    ]);
  });

  test('never have the name of another stage, however that one is called', () => {
    const { stackNames } = synthesise({ env: 'dev' });
    for (const stack of stackNames) {
      const env = stack.replace('ai-pa-agent-registry-', '');
      const theirs = synthesise({ env }).stackNames;
      expect(theirs.filter((name) => stackNames.includes(name))).toEqual([]);
    }
  });

  test('refuse to be deleted where the stage is there to stay', () => {
    expect(synthesise({ env: 'prod' }).protected).toEqual([true, true, true]);
    expect(synthesise({ env: 'dev' }).protected).toEqual([false, false, false]);
  });

  test('tag what they make with project and stage', () => {
    const tags = [
      { Key: 'project', Value: 'agent-registry' },
      { Key: 'stage', Value: 'dev' },
    ];
    const { storage } = synthesise();
    storage.hasResourceProperties('AWS::S3::Bucket', { Tags: tags });
    storage.hasResourceProperties('AWS::Events::EventBus', { Tags: tags });
  });

  test('hold eleven functions and no custom resource', () => {
    const types = synthesise().resources.map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(11);
    expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
  });
});
