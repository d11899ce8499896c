import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { documentsBelow, unfitness } from './document-files.ts';
import {
  type FetchedManifest,
  type ListedManifest,
  ManifestChangedError,
  ManifestGoneError,
  type ManifestSource,
} from './manifest-source.ts';

/** Which files of a folder are manifests. */
interface Pattern {
  /** Keys of the files, to be looked at; those that are no manifests after all are left out later. */
  keysIn(folder: string): Promise<readonly string[]>;
  idOf(key: string): string | undefined;
}

const IMPLEMENTATION = '/manifest.json';

/**
 * `documents`: every `.json` and `.md` file at any depth; each chooses its agent's id itself. `implementations`:
 * `{agentType}/manifest.json`, whose agent has the type for an id (second specification, "Filesystem").
 */
const PATTERNS = {
  documents: { keysIn: documentsBelow, idOf: () => undefined },
  implementations: {
    keysIn: async (folder) => (await readdir(folder)).map((type) => `${type}${IMPLEMENTATION}`),
    idOf: (key) => key.slice(0, -IMPLEMENTATION.length),
  },
} as const satisfies Readonly<Record<string, Pattern>>;

export interface FolderOptions {
  readonly pattern: keyof typeof PATTERNS;
  /** Where the agent of a key comes from; also of one that is there no longer. */
  readonly originOf: (key: string) => string;
}

/** Reads at once; the disk is quick, but a folder may hold thousands. */
const AT_ONCE = { concurrency: 16 } as const;

/** What the system says of a file that is not there: itself, or a folder above it that is a file now. */
const NOT_THERE = ['ENOENT', 'ENOTDIR'];

const etagOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/**
 * The manifests of a folder. A key is the path from the folder, with `/`; an ETag is the hash of the content, so copies
 * have the same, and what moved is known again. What is larger than any agent, or no regular file, is no manifest.
 */
export class FolderManifestSource implements ManifestSource {
  readonly source = 'filesystem';
  readonly #folder: string;
  readonly #pattern: Pattern;
  readonly #originOf: (key: string) => string;

  constructor(folder: string, { pattern, originOf }: FolderOptions) {
    this.#folder = folder;
    this.#pattern = PATTERNS[pattern];
    this.#originOf = originOf;
  }

  /** @throws what the file system says of a folder or file that is not there, or may not be read */
  async list(): Promise<readonly ListedManifest[]> {
    const keys = await this.#pattern.keysIn(this.#folder);
    const listed = await pMap(
      keys,
      async (key) => {
        const etag = await this.head(key);
        return etag === undefined ? [] : [{ key, etag }];
      },
      AT_ONCE,
    );
    return listed.flat();
  }

  async fetch(key: string, etag?: string): Promise<FetchedManifest> {
    const content = await this.#read(key);
    if (content === undefined) throw new ManifestGoneError(key);
    const read = etagOf(content);
    if (etag !== undefined && read !== etag) throw new ManifestChangedError(key);
    return { content, etag: read };
  }

  async head(key: string): Promise<string | undefined> {
    const content = await this.#read(key);
    return content && etagOf(content);
  }

  originOf(key: string): string {
    return this.#originOf(key);
  }

  idOf(key: string): string | undefined {
    return this.#pattern.idOf(key);
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    const file = join(this.#folder, key);
    try {
      return unfitness(await stat(file)) === undefined ? await readFile(file) : undefined;
    } catch (error) {
      if (NOT_THERE.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }
}
