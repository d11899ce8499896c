import { createHash } from 'node:crypto';
import {
  type FetchedManifest,
  type ListedManifest,
  ManifestChangedError,
  ManifestGoneError,
  type ManifestSource,
} from '../../lambdas/discovery/manifest-source.ts';
import type { ReloadSource } from '../../lambdas/discovery/reload-terms.ts';

/** The calls of a source. */
export type SourceCall = 'list' | 'fetch' | 'head';

interface StoredManifest {
  readonly content: Uint8Array;
  readonly etag: string;
}

export interface MemorySourceOptions {
  readonly source?: ReloadSource;
  /** Whether a manifest's agent has its key for an id. Default: true; else files choose their ids. */
  readonly idsByKey?: boolean;
}

/** Manifests in memory; their versions are counted as a bucket's are, or told by their content as a folder's are. */
export class MemoryManifestSource implements ManifestSource {
  readonly source: ReloadSource;
  /** Every call that was made, in order, with the key that it was about. */
  readonly calls: (readonly [SourceCall, string])[] = [];
  /** Asked before and after each call: may throw, and may wait. */
  hook: (call: SourceCall, key: string) => void | Promise<void> = () => undefined;
  readonly #manifests = new Map<string, StoredManifest>();
  readonly #idsByKey: boolean;
  #versions = 0;

  constructor({ source = 's3', idsByKey = true }: MemorySourceOptions = {}) {
    this.source = source;
    this.#idsByKey = idsByKey;
  }

  /** Puts a manifest there: a document, or text as it is. */
  put(key: string, manifest: unknown): void {
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    this.#versions += 1;
    const hash = createHash('sha256').update(text).digest('hex');
    this.#manifests.set(key, { content: Buffer.from(text), etag: this.#idsByKey ? `v${this.#versions}` : hash });
  }

  delete(key: string): void {
    this.#manifests.delete(key);
  }

  keys(): string[] {
    return [...this.#manifests.keys()].sort();
  }

  text(key: string): string {
    return Buffer.from(this.#manifests.get(key)?.content ?? []).toString();
  }

  /** How often a call was made so far. */
  count(call: SourceCall): number {
    return this.calls.filter(([made]) => made === call).length;
  }

  async list(): Promise<readonly ListedManifest[]> {
    return this.#call('list', '', () => [...this.#manifests].map(([key, { etag }]) => ({ key, etag })));
  }

  async fetch(key: string, etag?: string): Promise<FetchedManifest> {
    return this.#call('fetch', key, () => {
      const stored = this.#manifests.get(key);
      if (stored === undefined) throw new ManifestGoneError(key);
      if (etag !== undefined && etag !== stored.etag) throw new ManifestChangedError(key);
      return stored;
    });
  }

  async head(key: string): Promise<string | undefined> {
    return this.#call('head', key, () => this.#manifests.get(key)?.etag);
  }

  originOf(key: string): string {
    return `${this.source}://${key}`;
  }

  idOf(key: string): string | undefined {
    return this.#idsByKey ? key.split('/').at(-2) : undefined;
  }

  async #call<Result>(call: SourceCall, key: string, answer: () => Result): Promise<Result> {
    this.calls.push([call, key]);
    await this.hook(call, key);
    const result = answer();
    await this.hook(call, key);
    return result;
  }
}
