import type { ManifestSource } from '../../lambdas/discovery/manifest-source.ts';
import type { ReadDocument } from '../../lambdas/discovery/reading/read-document.ts';
import type { SyncResult } from './sync-result.ts';

/** Reads one manifest. */
export type ReadManifest = (key: string, content: Uint8Array, origin: string) => ReadDocument;

const SERVICE_REASON = 'services are declared in the bucket: `manifests push` brings them there';

/** A reader for folders. Only the bucket declares services: in a folder they are left out. */
export const withoutServices =
  (read: ReadManifest): ReadManifest =>
  (key, content, origin) => {
    const document = read(key, content, origin);
    return document.verdict === 'service' ? { verdict: 'skipped', reason: SERVICE_REASON } : document;
  };

/** Says why files are no agents: a snapshot only knows that they are none. */
export class SkippedFiles {
  readonly #source: ManifestSource;
  readonly #read: ReadManifest;
  /** By key and ETag, so that a folder full of other documents is not read at each look. */
  readonly #known = new Map<string, Omit<SyncResult, 'path'>>();

  constructor(source: ManifestSource, read: ReadManifest) {
    this.#source = source;
    this.#read = read;
  }

  /** A service is told by its id. */
  async explain(key: string, etag: string): Promise<Omit<SyncResult, 'path'>> {
    const version = `${etag} ${key}`;
    const known = this.#known.get(version) ?? (await this.#explain(key, etag));
    this.#known.set(version, known);
    return known;
  }

  async #explain(key: string, etag: string): Promise<Omit<SyncResult, 'path'>> {
    // What is another file by now is looked at again anyway.
    const fetched = await this.#source.fetch(key, etag).catch(() => undefined);
    if (!fetched?.content) return { verdict: 'skipped' };
    const said = this.#read(key, fetched.content, this.#source.originOf(key));
    if (said.verdict === 'service') return { verdict: 'skipped', id: said.service.id, reason: SERVICE_REASON };
    return { verdict: 'skipped', ...('reason' in said && { reason: said.reason }) };
  }
}
