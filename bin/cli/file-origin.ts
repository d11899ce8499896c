import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, sep } from 'node:path';
import { placeBelow } from '../../lambdas/discovery/reading/foreign-markdown.ts';

/** The innermost folder above a file that git keeps: `.git` is a folder in a clone, and a file in a worktree. */
function checkoutOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : checkoutOf(above);
}

/** What the origins of all files of a folder begin with: see {@link originOf}. `/` separates on every system. */
export async function folderOriginOf(folder: string): Promise<string> {
  const real = await realpath(folder);
  const root = checkoutOf(real);
  const origin = root === undefined ? real : join(basename(root), relative(root, real));
  return origin.split(sep).join('/');
}

/**
 * Where the agent of a file comes from, its `filePath`: the same for every spelling of the path, and for every link to
 * the file. Within a git checkout it begins with that folder's name (`my-repo/.claude/agents/reviewer.md`), so that it
 * is the same for everyone who has the repository; elsewhere it is the absolute path. `/` separates on every system.
 *
 * @throws what the file system says of a file that is not there
 */
export async function originOf(file: string): Promise<string> {
  const real = await realpath(file);
  return posix.join(await folderOriginOf(dirname(real)), basename(real));
}

/** The part of a file's path that tells what the file is: all of it where the user began at their own folder. */
export const namedPlace = (path: string): string =>
  isAbsolute(path) ? placeBelow(dirname(path), basename(path)) : path.replace(/^(.*[\\/])?\.\.[\\/]/, '');
