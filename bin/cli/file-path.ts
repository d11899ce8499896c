import { posix, sep } from 'node:path';

/** Objects of a bucket: `s3://bucket/key`. */
export const isBucketPath = (path: string): boolean => path.startsWith('s3://');

/** A file as the user named it, for people to read: with `/` on every system, without `./` and double slashes. */
export const shownPath = (path: string): string =>
  isBucketPath(path) ? path : posix.normalize(path.split(sep).join('/'));

/**
 * The folder in which the user stands, where relative paths start: npm runs scripts in the folder of `package.json`,
 * and leaves in `INIT_CWD` where it was called.
 */
export const userFolder = (environment: NodeJS.ProcessEnv): string => environment.INIT_CWD || process.cwd();
