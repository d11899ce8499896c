import { posix, sep } from 'node:path';

/** Objects of a bucket: `s3://bucket/key`. */
export const isBucketPath = (path: string): boolean => path.startsWith('s3://');

/**
 * The `filePath` of a file that the user named: as written, with `/` on every system, without `./` and double slashes.
 * It is the agent's origin, so the same words must always give the same path.
 */
export const filePathOf = (path: string): string =>
  isBucketPath(path) ? path : posix.normalize(path.split(sep).join('/'));
