import type { ReloadSource } from './reload-terms.ts';

/** A manifest as a listing shows it. */
export interface ListedManifest {
  /** Names it within its source. */
  readonly key: string;
  /** Tells its versions apart; no hash of its content is promised. */
  readonly etag: string;
}

/** A manifest as it was read, and which version that was. */
export interface FetchedManifest {
  /** `null`: it is there, but says nothing of its own. */
  readonly content: Uint8Array | null;
  readonly etag: string;
}

/** The manifest is another one than was asked for: it has changed since it was listed, or is being changed. */
export class ManifestChangedError extends Error {
  constructor(key: string, options?: ErrorOptions) {
    super(`${key} has changed since it was listed`, options);
    this.name = 'ManifestChangedError';
  }
}

/** There is no such manifest, or no longer. */
export class ManifestGoneError extends Error {
  constructor(key: string, options?: ErrorOptions) {
    super(`${key} is gone`, options);
    this.name = 'ManifestGoneError';
  }
}

/** Where manifests are kept: a bucket, a folder, another registry (ARCHITECTURE, "Hot reload"). */
export interface ManifestSource {
  readonly source: ReloadSource;
  /** All manifests, or an error: half a listing would look as if the other half was deleted. */
  list(): Promise<readonly ListedManifest[]>;
  /**
   * One manifest.
   *
   * @param etag the version that is wanted. Default: whichever there is
   * @throws ManifestChangedError, ManifestGoneError, TooLargeError, or what befell the call
   */
  fetch(key: string, etag?: string): Promise<FetchedManifest>;
  /** The version that is there now; `undefined` when the source says that there is none. */
  head(key: string): Promise<string | undefined>;
  /** Where an agent of this manifest comes from: its layer's origin. */
  originOf(key: string): string;
  /** The id that the key prescribes; `undefined` where a file chooses its agent's id. */
  idOf(key: string): string | undefined;
}
