import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { validateAgentDocument } from '../../../lambdas/agents/validate-agent.ts';
import { IMPLEMENTATIONS } from '../../../lambdas/discovery/contract.ts';
import { MAX_DOCUMENT_BYTES } from '../../../lambdas/discovery/document-files.ts';
import { FolderManifestSource, type FolderOptions } from '../../../lambdas/discovery/folder-manifest-source.ts';
import { ManifestChangedError, ManifestGoneError } from '../../../lambdas/discovery/manifest-source.ts';
import { ManifestLoader } from '../../../lambdas/discovery/reading/manifest-loader.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();

async function write(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** A folder of these files, as a source. */
async function sourceOf(files: Record<string, string | Uint8Array>, pattern: FolderOptions['pattern'] = 'documents') {
  const folder = await temporary();
  for (const [path, content] of Object.entries(files)) await write(folder, path, content);
  return { folder, source: new FolderManifestSource(folder, { pattern, originOf: (key) => `repo/${key}` }) };
}

const keysOf = async (source: FolderManifestSource) => (await source.list()).map(({ key }) => key).sort();

describe('a folder of documents', () => {
  test('lists .json and .md files at any depth, but no other people’s', async () => {
    const { source } = await sourceOf({
      'a.md': 'a',
      'deep/er/b.JSON': '{}',
      '.claude/agents/c.markdown': 'c',
      'notes.txt': 'n',
      'node_modules/p/d.md': 'd',
      'deep/.git/e.json': '{}',
    });
    expect(await keysOf(source)).toEqual(['.claude/agents/c.markdown', 'a.md', 'deep/er/b.JSON']);
  });

  test('lets each file choose its agent’s id, and tells its origin', async () => {
    const { source } = await sourceOf({});
    expect(source.idOf('a/b.md')).toBeUndefined();
    expect(source.originOf('a/b.md')).toBe('repo/a/b.md');
  });

  test('gives copies one ETag, keeps it when a file moves, and another one to other words', async () => {
    const { folder, source } = await sourceOf({ 'a.md': 'one', 'b.md': 'one', 'c.md': 'two' });
    const etags = async () => Object.fromEntries((await source.list()).map(({ key, etag }) => [key, etag]));
    const before = await etags();
    expect(before['a.md']).toBe(before['b.md']);
    expect(before['c.md']).not.toBe(before['a.md']);
    await rename(join(folder, 'c.md'), join(folder, 'd.md'));
    expect((await etags())['d.md']).toBe(before['c.md']);
    expect(await source.head('d.md')).toBe(before['c.md']);
  });

  test('leaves out what is larger than any agent, and what is no regular file', async () => {
    const { folder, source } = await sourceOf({
      'large.md': new Uint8Array(MAX_DOCUMENT_BYTES),
      'larger.md': new Uint8Array(MAX_DOCUMENT_BYTES + 1),
    });
    await symlink('/dev/zero', join(folder, 'zeros.md'));
    await symlink(join(folder, 'gone'), join(folder, 'dangling.md'));
    expect(await keysOf(source)).toEqual(['large.md']);
  });

  test('follows links to files, and none to folders', async () => {
    const { folder, source } = await sourceOf({ 'a/x.md': 'x' });
    await symlink(join(folder, 'a', 'x.md'), join(folder, 'link.md'));
    await symlink(folder, join(folder, 'a', 'loop'));
    await symlink(folder, join(folder, 'a', 'loop.md'));
    expect(await keysOf(source)).toEqual(['a/x.md', 'link.md']);
  });

  test('is fetched at the version that was listed, or not at all', async () => {
    const { folder, source } = await sourceOf({ 'a.md': 'one' });
    const etag = await source.head('a.md');
    const { content } = await source.fetch('a.md', etag);
    expect(Buffer.from(content ?? []).toString()).toBe('one');
    await write(folder, 'a.md', 'two');
    await expect(source.fetch('a.md', etag)).rejects.toThrow(ManifestChangedError);
    expect(Buffer.from((await source.fetch('a.md')).content ?? []).toString()).toBe('two');
    await rm(join(folder, 'a.md'));
    expect(await source.head('a.md')).toBeUndefined();
    await expect(source.fetch('a.md', etag)).rejects.toThrow(ManifestGoneError);
  });

  test('that is a file by now says that its files are gone', async () => {
    const { folder, source } = await sourceOf({ 'a/x.md': 'x' });
    await rm(join(folder, 'a'), { recursive: true });
    await writeFile(join(folder, 'a'), '');
    expect(await source.head('a/x.md')).toBeUndefined();
  });
});

describe('half a listing is none', () => {
  test('where the folder is not there', async () => {
    const { folder, source } = await sourceOf({ 'a.md': 'a' });
    await rm(folder, { recursive: true });
    await expect(source.list()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  // Whoever runs as root may read everything.
  const asUser = process.getuid?.() === 0 ? test.skip : test;
  asUser.each(['b', 'a.md'])('where %s may not be read', async (path) => {
    const { folder, source } = await sourceOf({ 'a.md': 'a', 'b/c.md': 'c' });
    await chmod(join(folder, path), 0o000);
    try {
      await expect(source.list()).rejects.toMatchObject({ code: 'EACCES' });
    } finally {
      await chmod(join(folder, path), 0o700);
    }
  });

  test('where a file cannot be read for another reason than that it is gone', async () => {
    const { folder, source } = await sourceOf({ 'a.md': 'a' });
    await symlink('loop.md', join(folder, 'loop.md'));
    await expect(source.list()).rejects.toMatchObject({ code: 'ELOOP' });
  });
});

describe('a folder of implementations', () => {
  test('has a manifest for each type, whose agent has the type for an id', async () => {
    const { source } = await sourceOf(
      { 'planner/manifest.json': '{}', 'planner/notes.md': '', 'empty/x.txt': '', 'manifest.json': '{}' },
      'implementations',
    );
    expect(await keysOf(source)).toEqual(['planner/manifest.json']);
    expect(source.idOf('planner/manifest.json')).toBe('planner');
  });

  test('is bundled with the functions, and each of its agents is one that the registry takes', async () => {
    const source = new FolderManifestSource(IMPLEMENTATIONS.folder, {
      pattern: 'implementations',
      originOf: (key) => `${IMPLEMENTATIONS.bundled}/${key}`,
    });
    const keys = await keysOf(source);
    expect(keys).toEqual(['general-agent/manifest.json', 'supervisor/manifest.json']);
    for (const key of keys) {
      const { content } = await source.fetch(key);
      const read = new ManifestLoader().load(key, Buffer.from(content ?? []).toString(), source.originOf(key));
      expect(read).toMatchObject({ verdict: 'agent', agent: { id: source.idOf(key) } });
      if (read.verdict === 'agent') expect(() => validateAgentDocument(read.agent)).not.toThrow();
    }
  });
});
