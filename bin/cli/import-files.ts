import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pMap from 'p-map';
import { documentsBelow, isDocument, tooLarge, unfitness } from '../../lambdas/discovery/document-files.ts';
import { placeBelow } from '../../lambdas/discovery/reading/foreign-markdown.ts';
import { type Bucket, bucketParts } from './bucket.ts';
import { namedPlace, originOf } from './file-origin.ts';
import { isBucketPath, shownPath } from './file-path.ts';
import { fileTrouble } from './read-text-file.ts';

/** A file to import; its bytes are read when its turn comes. */
export interface ImportFile {
  /** As the user wrote it, joined with what was found below. */
  readonly path: string;
  /** The part of the path that tells what the file is: a folder above the one that the user named does not. */
  readonly place: string;
  /** Where its agent comes from: the same however the user writes the path. */
  readonly origin: string;
  bytes(): Promise<Uint8Array>;
}

/** A path that gave no file to read, and why. `failed`: it should have. */
export interface Trouble {
  readonly path: string;
  readonly verdict: 'skipped' | 'failed';
  readonly reason: string;
}

export interface FoundFiles {
  readonly files: readonly ImportFile[];
  readonly troubles: readonly Trouble[];
}

/** Looks at files at once; the disk is quick, but a folder may hold thousands. */
const AT_ONCE = { concurrency: 16 } as const;

type IsWanted = (name: string) => boolean;

const isTrouble = (one: ImportFile | Trouble): one is Trouble => 'verdict' in one;

async function fileAt(file: string, path: string, place: string): Promise<ImportFile | Trouble> {
  try {
    const reason = unfitness(await stat(file));
    if (reason) return { path, verdict: 'skipped', reason };
    return { path, place, origin: await originOf(file), bytes: () => readFile(file) };
  } catch (error) {
    return { path, verdict: 'failed', reason: fileTrouble(error) };
  }
}

async function filesBelow(path: string, folder: string, isWanted: IsWanted): Promise<(ImportFile | Trouble)[]> {
  const top = resolve(folder, path);
  if (!(await stat(top)).isDirectory()) return [await fileAt(top, shownPath(path), namedPlace(path))];
  const below = await documentsBelow(top, isWanted);
  return pMap(below, (file) => fileAt(join(top, file), shownPath(join(path, file)), placeBelow(path, file)), AT_ONCE);
}

async function objectsBelow(path: string, bucket: Bucket): Promise<(ImportFile | Trouble)[]> {
  const { bucket: name, key: prefix } = bucketParts(path);
  const objects = await bucket.objects(name, prefix);
  return objects
    .filter(({ key }) => isDocument(key))
    .map(({ key, size }) => {
      const address = `s3://${name}/${key}`;
      const reason = tooLarge(size);
      if (reason) return { path: address, verdict: 'skipped', reason };
      return { path: address, place: key, origin: address, bytes: () => bucket.bytes(name, key) };
    });
}

async function findAt(
  path: string,
  { folder, bucket, isWanted = isDocument }: FindOptions,
): Promise<(ImportFile | Trouble)[]> {
  try {
    const found = isBucketPath(path) ? await objectsBelow(path, bucket()) : await filesBelow(path, folder, isWanted);
    const nothing: Trouble = { path, verdict: 'skipped', reason: 'there is no .json or .md file in it' };
    return found.length === 0 ? [nothing] : found;
  } catch (error) {
    const reason = isBucketPath(path) ? `it cannot be listed: ${(error as Error).message}` : fileTrouble(error);
    return [{ path, verdict: 'failed', reason }];
  }
}

/** How files are looked for. */
export interface FindOptions {
  /** Where relative paths start. */
  readonly folder: string;
  /** Opened only when a path begins with `s3://`. */
  readonly bucket: () => Bucket;
  /** Which files below a folder, by their names. Default: `.json` and `.md` files */
  readonly isWanted?: IsWanted;
}

/**
 * The files at the paths that a user names: files as they are, folders and bucket prefixes with all that is wanted below,
 * each file once, in path order.
 */
export async function findFiles(paths: readonly string[], options: FindOptions): Promise<FoundFiles> {
  const found = (await pMap(paths, (path) => findAt(path, options), AT_ONCE)).flat();
  const ordered = found.sort((a, b) => (a.path < b.path ? -1 : 1));
  const files = new Map<string, ImportFile>();
  for (const file of ordered) if (!isTrouble(file) && !files.has(file.origin)) files.set(file.origin, file);
  return { files: [...files.values()], troubles: ordered.filter(isTrouble) };
}
