import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { unfitness } from '../../lambdas/discovery/document-files.ts';
import { MANIFEST_NAMES, manifestPlace } from '../../lambdas/discovery/manifest-key.ts';
import { isSuspicious } from '../../lambdas/discovery/removal-guard.ts';
import type { WritableBucket } from './bucket.ts';
import { AT_ONCE, byPath, type CopyResult, isSame, type Shelf } from './manifest-copies.ts';
import { readManifest } from './read-manifest.ts';
import { fileTrouble } from './read-text-file.ts';

export interface PushOptions extends Shelf {
  readonly folder: string;
  readonly target: WritableBucket;
  /** Whether nothing is written. Default: false. */
  readonly isDry?: boolean;
  /** Whether what the folder lacks goes from the bucket. Default: false. */
  readonly remove?: boolean;
  /** Whether it goes however much it is. Default: false. */
  readonly confirmRemovals?: boolean;
  /** Told how many files and objects there are to look at. */
  readonly onStart?: (total: number) => void;
  readonly onResult?: (result: CopyResult) => void;
  readonly signal?: AbortSignal;
}

/** Why a manifest would be refused where it stands; `undefined`: it would not. */
function faultOf(path: string, content: Uint8Array): Pick<CopyResult, 'reason' | 'line'> | undefined {
  const place = manifestPlace(path);
  if (place === undefined) return { reason: `its folder "${path.split('/', 1)}" cannot be an id` };
  const read = readManifest(path, content, path);
  if (read.verdict === 'skipped' || read.verdict === 'invalid') {
    return { reason: read.reason, ...('line' in read && read.line !== undefined && { line: read.line }) };
  }
  if (read.verdict !== place.kind) return { reason: `it describes no ${place.kind}` };
  if (read.verdict === 'service' || read.idFrom === 'name' || read.agent.id === place.id) return undefined;
  return { reason: `its id is "${read.agent.id}", but it stands under ${place.id}` };
}

const isAbsent = (error: NodeJS.ErrnoException): boolean => error.code === 'ENOENT' || error.code === 'ENOTDIR';

/** Whether there is something, be it that it cannot be read: what is there does not go from the bucket. */
const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => !isAbsent(error),
  );

/** `{id}/manifest.json` and its like in a folder; the rest of it is nobody's business. */
async function pathsIn(folder: string): Promise<string[]> {
  const ids = await readdir(folder);
  const paths = ids.flatMap((id) => MANIFEST_NAMES.map((name) => `${id}/${name}`));
  const there = await pMap(paths, (path) => isThere(join(folder, path)), AT_ONCE);
  return paths.filter((_, index) => there[index]);
}

async function pushOne(path: string, size: number | undefined, options: PushOptions): Promise<CopyResult> {
  const { folder, target, bucket, prefix, isDry = false } = options;
  const file = join(folder, path);
  let content: Uint8Array;
  try {
    const reason = unfitness(await stat(file));
    if (reason !== undefined) return { path, verdict: 'invalid', reason };
    content = await readFile(file);
  } catch (error) {
    return { path, verdict: 'invalid', reason: fileTrouble(error) };
  }
  const fault = faultOf(path, content);
  if (fault) return { path, verdict: 'invalid', ...fault };
  const key = prefix + path;
  // Under KMS an ETag is no hash of the content, so the content itself is compared.
  if (size === content.length && isSame(await target.bytes(bucket, key), content))
    return { path, verdict: 'unchanged' };
  if (!isDry) await target.put(bucket, key, content);
  return { path, verdict: size === undefined ? 'added' : 'updated' };
}

/** Takes away what the folder lacks, unless that is so much that it looks like the wrong folder. */
async function removeOthers(others: readonly string[], total: number, options: PushOptions): Promise<CopyResult[]> {
  const { target, bucket, prefix, isDry = false, confirmRemovals = false } = options;
  const emptyListing = others.length === total;
  const held = isSuspicious({ missing: others.length, total, emptyListing, justRemoved: 0 }) && !confirmRemovals;
  return pMap(
    others,
    async (path) => {
      if (!held && !isDry) await target.remove(bucket, prefix + path);
      const result: CopyResult = { path, verdict: held ? 'held' : 'removed' };
      options.onResult?.(result);
      return result;
    },
    AT_ONCE,
  );
}

/**
 * Brings the manifests of a folder into a bucket: what differs is written, what is invalid is not, and the others go on.
 *
 * @returns what became of each, in path order
 * @throws what S3 says; what the file system says of a folder that cannot be read
 */
export async function pushManifests(options: PushOptions): Promise<CopyResult[]> {
  const { folder, target, bucket, prefix, remove = false, onStart, onResult, signal } = options;
  const paths = await pathsIn(folder);
  const stored = new Map(
    (await target.objects(bucket, prefix)).map(({ key, size }) => [key.slice(prefix.length), size] as const),
  );
  const manifests = [...stored.keys()].filter((path) => manifestPlace(path) !== undefined);
  const others = remove ? manifests.filter((path) => !paths.includes(path)) : [];
  onStart?.(paths.length + others.length);
  const pushed = await pMap(
    paths,
    async (path) => {
      const result = await pushOne(path, stored.get(path), options);
      onResult?.(result);
      return result;
    },
    { ...AT_ONCE, ...(signal && { signal }) },
  );
  return [...pushed, ...(await removeOthers(others, manifests.length, options))].sort(byPath);
}
