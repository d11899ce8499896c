import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Bucket } from '../../../bin/cli/bucket.ts';
import { findFiles } from '../../../bin/cli/import-files.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();

const LARGEST = 2 ** 20;

function noBucket(): never {
  throw new Error('a bucket was opened');
}

/** A folder of these files, by their sizes. */
async function folderOf(files: Record<string, number>): Promise<string> {
  const folder = await temporary();
  for (const [path, size] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), Buffer.alloc(size));
  }
  return folder;
}

async function found(paths: string[], folder: string, bucket: () => Bucket = noBucket) {
  const { files, troubles } = await findFiles(paths, { folder, bucket });
  return { files: files.map(({ path }) => path), troubles };
}

describe('what is imported', () => {
  test('are the documents below a folder, shown as the user named it', async () => {
    const folder = await folderOf({ 'a/x.md': 1, 'a/.claude/y.JSON': 1, 'a/z.txt': 1, 'a/node_modules/p/q.md': 1 });
    const files = ['a/.claude/y.JSON', 'a/x.md'];
    expect(await found(['a'], folder)).toEqual({ files, troubles: [] });
    expect(await found(['./a//'], folder)).toEqual({ files, troubles: [] });
    expect(await found(['../a'], join(folder, 'b'))).toEqual({ files: files.map((f) => `../${f}`), troubles: [] });
  });

  test('may be every file', async () => {
    const folder = await folderOf({
      'a/x.md': 1,
      'a/LICENSE': 1,
      'a/.b/z.txt': 1,
      'a/.git/HEAD': 1,
      'a/node_modules/p': 1,
    });
    const { files } = await findFiles(['a'], { folder, bucket: noBucket, isWanted: () => true });
    expect(files.map(({ path }) => path)).toEqual(['a/.b/z.txt', 'a/LICENSE', 'a/x.md']);
  });

  test('is each file once, however it is named', async () => {
    const folder = await folderOf({ 'a/x.md': 1 });
    await mkdir(join(folder, '.git'));
    await symlink(join(folder, 'a'), join(folder, 'b'));
    expect(await found(['a', join(folder, 'a'), 'a/x.md', 'b/x.md'], folder)).toMatchObject({
      files: [`${folder}/a/x.md`],
    });
  });

  test('are judged by the folders that the user named, not by those above', async () => {
    const folder = await folderOf({ 'skills/commands/repo/a.md': 1, 'skills/x.md': 1 });
    const placesOf = async (...paths: string[]) =>
      (await findFiles(paths, { folder, bucket: noBucket })).files.map(({ place }) => place);
    expect(await placesOf(`${folder}/skills/commands/repo`)).toEqual(['a.md']);
    expect(await placesOf(`${folder}/skills/commands/repo/a.md`)).toEqual(['a.md']);
    expect(await placesOf('skills')).toEqual(['commands/repo/a.md', 'x.md']);
    expect(await placesOf('skills/x.md')).toEqual(['skills/x.md']);
  });

  test('are links to files, by where these are', async () => {
    const folder = await folderOf({ 'real/x.md': 1, 'a/y.md': 1 });
    await symlink(join(folder, 'real', 'x.md'), join(folder, 'a', 'link.md'));
    const { files } = await findFiles(['a/link.md'], { folder, bucket: noBucket });
    expect(files).toEqual([
      expect.objectContaining({ path: 'a/link.md', origin: expect.stringMatching(/real\/x\.md$/) }),
    ]);
  });

  test('is nothing that would keep a reader waiting', async () => {
    const folder = await folderOf({ 'a/x.md': 1 });
    execFileSync('mkfifo', [join(folder, 'a', 'pipe.md')]);
    await symlink('/dev/zero', join(folder, 'a', 'zeros.json'));
    const skipped = ['a/pipe.md', 'a/zeros.json'].map((path) => ({
      path,
      verdict: 'skipped',
      reason: 'it is no regular file',
    }));
    expect(await found(['a'], folder)).toEqual({ files: ['a/x.md'], troubles: skipped });
    expect(await found(['a/pipe.md'], folder)).toEqual({ files: [], troubles: skipped.slice(0, 1) });
  });

  test('is nothing larger than any agent', async () => {
    const folder = await folderOf({ 'a/large.json': LARGEST, 'a/larger.json': LARGEST + 1 });
    expect(await found(['a'], folder)).toEqual({
      files: ['a/large.json'],
      troubles: [{ path: 'a/larger.json', verdict: 'skipped', reason: expect.stringContaining('1 MiB') }],
    });
  });

  test('are objects of a bucket, by their addresses, and no larger ones', async () => {
    const bucket: Bucket = {
      objects: async () => [
        { key: 'p/a.md', size: 1 },
        { key: 'p/b.json', size: LARGEST + 1 },
        { key: 'p/c.txt', size: 1 },
      ],
      bytes: async () => new Uint8Array(),
    };
    const { files, troubles } = await findFiles(['s3://shelf/p'], { folder: '/', bucket: () => bucket });
    expect(files).toEqual([expect.objectContaining({ path: 's3://shelf/p/a.md', origin: 's3://shelf/p/a.md' })]);
    expect(troubles).toEqual([expect.objectContaining({ path: 's3://shelf/p/b.json', verdict: 'skipped' })]);
  });
});

describe('what gives nothing is told', () => {
  test.each([
    ['a path where nothing is', 'nowhere', 'failed'],
    ['a folder without documents', 'empty', 'skipped'],
    ['a link to nowhere', 'dangling.md', 'failed'],
  ])('%s', async (_, path, verdict) => {
    const folder = await folderOf({ 'empty/x.txt': 1 });
    await symlink(join(folder, 'gone.md'), join(folder, 'dangling.md'));
    expect(await found([path], folder)).toEqual({
      files: [],
      troubles: [{ path, verdict, reason: expect.stringContaining('there is no') }],
    });
  });
});
