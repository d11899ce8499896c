import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryDirectories } from '../../support/temporary-directory.ts';
import { cliInProcess } from './in-process.ts';

const temporary = temporaryDirectories();
const cli = cliInProcess();

const GARDENER = '---\nname: Rose Gardener\ndescription: Prunes roses\n---\nPrune.';
const BROKEN = '---\nname: weeder\ndescription: Weeds: all of them\n---\nWeed.';
const SERVER = { name: 'a/b', description: 'Tools', packages: [{ registry_name: 'npm', name: 'x', version: '1' }] };

/** Validates in a folder of these files; objects are written as JSON. */
async function validating(files: Record<string, string | object>, args: readonly string[], isTTY = false) {
  const folder = await temporary();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  }
  return cli(args, { environment: { INIT_CWD: folder, NO_COLOR: '1' }, isTTY });
}

const resultsOf = async (files: Record<string, string | object>, ...paths: string[]) =>
  JSON.parse((await validating(files, ['--json', 'validate', ...paths])).out) as readonly Record<string, unknown>[];

const FILES = {
  'crew/.claude/agents/gardener.md': GARDENER,
  'crew/weeder.md': BROKEN,
  'crew/README.md': '# Crew',
  'crew/LICENSE': 'MIT',
  'crew/mason.json': { id: 'mason', name: 'Mason', config: { priority: 11 } },
  'crew/server.json': SERVER,
};

describe('validate', () => {
  test('prints an array of exactly these keys for programs', async () => {
    const nothing = { id: null, name: null, description: null, reason: null, line: null };
    expect(await resultsOf(FILES, 'crew')).toEqual([
      {
        path: 'crew/.claude/agents/gardener.md',
        verdict: 'ok',
        id: 'rose-gardener',
        name: 'Rose Gardener',
        description: 'Prunes roses',
        reason: null,
        line: null,
      },
      { ...nothing, path: 'crew/LICENSE', verdict: 'skipped', reason: expect.any(String) },
      { ...nothing, path: 'crew/README.md', verdict: 'skipped', reason: expect.any(String) },
      {
        ...nothing,
        path: 'crew/mason.json',
        verdict: 'invalid',
        reason: expect.stringContaining('config.priority'),
        line: 5,
      },
      { ...nothing, path: 'crew/server.json', verdict: 'ok', id: 'a-b', name: 'a/b', description: 'Tools' },
      {
        path: 'crew/weeder.md',
        verdict: 'degraded',
        id: 'weeder',
        name: 'weeder',
        description: 'Weeds: all of them',
        reason: expect.stringContaining('YAML'),
        line: 3,
      },
    ]);
  });

  test('prints a line per file and a summary, and ends with 1 because of what is invalid', async () => {
    const { code, out, err } = await validating(FILES, ['validate', 'crew']);
    expect(out.trimEnd().split('\n')).toEqual([
      'ok         crew/.claude/agents/gardener.md rose-gardener',
      expect.stringMatching(/^skipped {4}crew\/LICENSE: /),
      expect.stringMatching(/^skipped {4}crew\/README.md: /),
      'invalid    crew/mason.json:5: config.priority: must be <= 10',
      'ok         crew/server.json a-b',
      expect.stringMatching(/^degraded {3}crew\/weeder.md:3: .*YAML/),
      '6 files: 2 ok, 1 degraded, 2 skipped, 1 invalid',
    ]);
    expect([code, err]).toEqual([1, '1 of 6 files are invalid.\n']);
  });

  test('shows people at a terminal the same lines behind a bar', async () => {
    const { code, out } = await validating({ 'a.md': GARDENER, 'b.md': BROKEN }, ['validate', '.'], true);
    expect(out).toContain('ok         a.md rose-gardener\ndegraded   b.md:3: ');
    expect(out).toContain('2 files: 1 ok, 1 degraded');
    expect(code).toBe(0);
  });

  test('ends with 0 where nothing is invalid, and needs no registry', async () => {
    const { code, err } = await validating({ 'a.md': GARDENER, 'b.md': BROKEN, 'c.md': '# C' }, ['validate', '.']);
    expect([code, err]).toEqual([0, '']);
  });

  test.each([
    ['nowhere', 'there is no such file or folder'],
    ['s3://shelf/x', 'only files can be validated'],
  ])('takes %s for invalid', async (path, reason) => {
    const { code, out } = await validating({}, ['--json', 'validate', path]);
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({ path, verdict: 'invalid', reason: expect.stringContaining(reason) }),
    ]);
    expect(code).toBe(1);
  });

  test('shows paths as they were given, joined with what lies below', async () => {
    const files = { 'a/x.md': GARDENER, 'b/y.md': BROKEN };
    expect((await resultsOf(files, './a//', 'b/y.md')).map(({ path }) => path)).toEqual(['a/x.md', 'b/y.md']);
  });

  test('shows the ids that an import would give, and the names that the files say', async () => {
    const other = GARDENER.replace('roses', 'trees');
    const files = { 'north/x.md': GARDENER, 'south/x.md': other, 'west/x.md': GARDENER, 'worth/x.md': other };
    const results = await resultsOf(files, '.');
    expect(results.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['rose-gardener', 'ok'],
      ['rose-gardener-south', 'ok'],
      ['rose-gardener', 'ok'],
      ['rose-gardener-south', 'ok'],
    ]);
    expect(new Set(results.map(({ name }) => name))).toEqual(new Set(['Rose Gardener']));
  });

  test('takes a second manifest of one id for invalid', async () => {
    const files = { 'a.json': { id: 'mason', name: 'Mason' }, 'b.json': { id: 'mason', name: 'Other' } };
    expect(await resultsOf(files, '.')).toMatchObject([
      { path: 'a.json', verdict: 'ok', id: 'mason' },
      { path: 'b.json', verdict: 'invalid', reason: expect.stringContaining('mason') },
    ]);
  });

  test('needs a path', async () => {
    expect((await validating({}, ['validate'])).code).toBe(2);
  });
});
