import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCUMENT_EXTENSIONS, extensionOf } from '../../lambdas/discovery/agent-document.ts';
import { type Bucket, bucketParts } from './bucket.ts';
import { filePathOf, isBucketPath } from './file-path.ts';
import { fileTrouble } from './read-text-file.ts';

/** A file to import; its bytes are read when its turn comes. */
export interface ImportFile {
  /** As the user wrote it, joined with what was found below. */
  readonly path: string;
  bytes(): Promise<Uint8Array>;
}

/** A path that gave no files, and why. `missing`: it should have. */
export interface Trouble {
  readonly path: string;
  readonly missing: boolean;
  readonly reason: string;
}

export interface FoundFiles {
  readonly files: readonly ImportFile[];
  readonly troubles: readonly Trouble[];
}

/** Folders that hold other people's code, or none at all. `.claude` and the like do hold agents. */
const NOT_WALKED = /(^|[\\/])(node_modules|\.git)([\\/]|$)/;

const isDocument = (path: string): boolean => DOCUMENT_EXTENSIONS.includes(extensionOf(path));

async function filesBelow(path: string): Promise<ImportFile[]> {
  if (!(await stat(path)).isDirectory()) return [{ path: filePathOf(path), bytes: () => readFile(path) }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && isDocument(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !NOT_WALKED.test(file.slice(path.length)))
    .map((file) => ({ path: filePathOf(file), bytes: () => readFile(file) }));
}

async function objectsBelow(path: string, bucket: Bucket): Promise<ImportFile[]> {
  const { bucket: name, key: prefix } = bucketParts(path);
  const keys = await bucket.keys(name, prefix);
  return keys.filter(isDocument).map((key) => ({ path: `s3://${name}/${key}`, bytes: () => bucket.bytes(name, key) }));
}

async function findAt(path: string, bucket: () => Bucket): Promise<FoundFiles> {
  try {
    const files = isBucketPath(path) ? await objectsBelow(path, bucket()) : await filesBelow(path);
    const nothing = { path, missing: false, reason: 'there is no .json or .md file in it' };
    return { files, troubles: files.length === 0 ? [nothing] : [] };
  } catch (error) {
    const reason = isBucketPath(path) ? `it cannot be listed: ${(error as Error).message}` : fileTrouble(error);
    return { files: [], troubles: [{ path, missing: true, reason }] };
  }
}

/**
 * The files at the paths that a user names: files as they are, folders and bucket prefixes with all `.json` and `.md`
 * files below, each file once, in path order.
 *
 * @param bucket opened only when a path begins with `s3://`
 */
export async function findFiles(paths: readonly string[], bucket: () => Bucket): Promise<FoundFiles> {
  const found = await Promise.all(paths.map((path) => findAt(path, bucket)));
  const files = new Map(found.flatMap(({ files }) => files.map((file) => [file.path, file])));
  const ordered = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: ordered, troubles: found.flatMap(({ troubles }) => troubles) };
}
