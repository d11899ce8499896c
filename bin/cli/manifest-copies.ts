import { ID_PATTERN } from '../../lambdas/agents/agent-schema.ts';
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

/** The names under which agents and services are described (second specification, "S3 Manifests"). */
export const MANIFEST_NAMES = ['manifest.json', 'server.json'] as const;

const ID = new RegExp(ID_PATTERN, 'u');

/** Whether a name can be that of an agent; such a name leads nowhere else on any file system. */
export const isId = (text: string): boolean => ID.test(text);

/** The id of `{id}/manifest.json` or `{id}/server.json`; `undefined`: it is another path. */
export function manifestId(path: string): string | undefined {
  const [id = '', name = '', ...more] = path.split('/');
  return more.length === 0 && isId(id) && MANIFEST_NAMES.some((known) => known === name) ? id : undefined;
}

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export const byPath = (a: CopyResult, b: CopyResult): number => (a.path < b.path ? -1 : 1);
