import type { FileResult, Verdicts } from './file-report.ts';

/** What may become of a manifest that is copied between a folder and a bucket. */
export const COPY_VERDICTS = {
  added: { colour: 'green' },
  updated: { colour: 'green' },
  removed: { colour: 'yellow' },
  unchanged: { colour: 'dim' },
  skipped: { colour: 'yellow' },
  held: { colour: 'red', words: 'held back' },
  invalid: { colour: 'red' },
} as const satisfies Verdicts<string>;

/** `path` is the key below the prefix, and the path from the folder: `{id}/manifest.json`. */
export type CopyResult = FileResult<keyof typeof COPY_VERDICTS>;

/** The bucket's side. */
export interface Shelf {
  readonly bucket: string;
  /** What all keys begin with, such as `manifests/`. */
  readonly prefix: string;
}

/** Files, or objects, at once. */
export const AT_ONCE = { concurrency: 8 } as const;

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export const byPath = (a: CopyResult, b: CopyResult): number => (a.path < b.path ? -1 : 1);
