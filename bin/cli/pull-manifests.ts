import { mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import { tooLarge } from '../../lambdas/discovery/document-files.ts';
import { MANIFEST_NAMES, manifestPlace } from '../../lambdas/discovery/manifest-key.ts';
import type { Bucket } from './bucket.ts';
import { AT_ONCE, byPath, type CopyResult, isSame, type Shelf } from './manifest-copies.ts';

export interface PullOptions extends Shelf {
  readonly folder: string;
  readonly target: Bucket;
  /** Told how many objects there are. */
  readonly onStart?: (total: number) => void;
  readonly onResult?: (result: CopyResult) => void;
}

async function contentOf(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whoever reads meanwhile finds the old file or the new one; a link in its place is replaced, not followed. */
async function write(file: string, content: Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}

async function pullOne(path: string, size: number, options: PullOptions): Promise<CopyResult> {
  const { folder, target, bucket, prefix } = options;
  if (manifestPlace(path) === undefined) {
    return { path, verdict: 'skipped', reason: `it is none of {id}/${MANIFEST_NAMES.join(', {id}/')}` };
  }
  const reason = tooLarge(size);
  if (reason !== undefined) return { path, verdict: 'skipped', reason };
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  if ((await realpath(dirname(file))) !== join(await realpath(folder), dirname(path))) {
    return { path, verdict: 'skipped', reason: 'its folder is a link that leads elsewhere' };
  }
  const content = await target.bytes(bucket, prefix + path);
  const before = await contentOf(file);
  if (before !== undefined && isSame(before, content)) return { path, verdict: 'unchanged' };
  await write(file, content);
  return { path, verdict: before === undefined ? 'added' : 'updated' };
}

/**
 * Brings the manifests of a bucket into a folder; nothing outside the folder is ever written, whatever the keys are.
 * What the bucket lacks stays in the folder.
 *
 * @returns what became of each object, in path order
 * @throws what S3 says; what the file system says of a folder that cannot be written
 */
export async function pullManifests(options: PullOptions): Promise<CopyResult[]> {
  const { folder, target, bucket, prefix, onStart, onResult } = options;
  // An object whose key ends in a slash is how consoles show an empty folder.
  const objects = (await target.objects(bucket, prefix)).filter(({ key }) => !key.endsWith('/'));
  await mkdir(folder, { recursive: true });
  onStart?.(objects.length);
  const pulled = await pMap(
    objects,
    async ({ key, size }) => {
      const result = await pullOne(key.slice(prefix.length), size, options);
      onResult?.(result);
      return result;
    },
    AT_ONCE,
  );
  return pulled.sort(byPath);
}
