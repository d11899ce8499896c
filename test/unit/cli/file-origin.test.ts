import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { originOf } from '../../../bin/cli/file-origin.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();

/** A folder with `.claude/agents/g.md` in it. */
async function folderWithAgent(): Promise<{ folder: string; file: string }> {
  const folder = await temporary();
  const file = join(folder, '.claude', 'agents', 'g.md');
  await mkdir(join(folder, '.claude', 'agents'), { recursive: true });
  await writeFile(file, 'x');
  return { folder, file };
}

describe('the origin of a file', () => {
  test.each([
    ['a clone', (git: string) => mkdir(git)],
    ['a worktree', (git: string) => writeFile(git, 'gitdir: elsewhere')],
  ])('in %s begins with the name of its folder', async (_, makeCheckout) => {
    const { folder, file } = await folderWithAgent();
    await makeCheckout(join(folder, '.git'));
    expect(await originOf(file)).toBe(`${basename(folder)}/.claude/agents/g.md`);
  });

  test('in a checkout within another one begins with the inner one', async () => {
    const { folder, file } = await folderWithAgent();
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, '.claude', '.git'));
    expect(await originOf(file)).toBe('.claude/agents/g.md');
  });

  test('outside of any is its real path', async () => {
    const { file } = await folderWithAgent();
    expect(await originOf(file)).toBe(await realpath(file));
  });

  test('is the same for every spelling and every link', async () => {
    const { folder, file } = await folderWithAgent();
    await mkdir(join(folder, '.git'));
    await symlink(join(folder, '.claude'), join(folder, 'link'));
    const elsewhere = join(await temporary(), 'g.md');
    await symlink(file, elsewhere);
    const spellings = [file, relative(process.cwd(), file), join(folder, 'link', 'agents', 'g.md'), elsewhere];
    expect(new Set(await Promise.all(spellings.map(originOf))).size).toBe(1);
  });
});
