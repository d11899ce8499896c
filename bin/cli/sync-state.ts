import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject } from '../../lambdas/agents/merge.ts';
import {
  EMPTY_SNAPSHOT,
  type LoadedSnapshot,
  type ReloadSnapshot,
  SnapshotChangedError,
  type SnapshotStore,
} from '../../lambdas/discovery/reload-snapshot.ts';
import { sha256 } from '../../lambdas/shared/ids.ts';

/** What is remembered of a folder that was brought into a registry. */
interface SyncState {
  /** What its files' origins begin with. */
  readonly origin: string;
  readonly snapshot: ReloadSnapshot;
}

/** Which folder, in which registry. */
export interface SyncPlace {
  /** Where states are kept. */
  readonly directory: string;
  /** Address of the registry. */
  readonly registry: string;
  /** The folder's real path. */
  readonly folder: string;
}

const isState = (value: unknown): value is SyncState =>
  isObject(value) && typeof value.origin === 'string' && isObject(value.snapshot) && isObject(value.snapshot.entries);

function parsed(text: string): SyncState | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isState(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The snapshot of one folder, in a file: by it a sync knows what was deleted since the one before. A file that cannot
 * be understood counts as none: then everything is laid again, which changes nothing.
 */
export class SyncStateFile implements SnapshotStore {
  readonly #file: string;
  readonly #about: Omit<SyncPlace, 'directory'>;
  readonly #origin: string;

  private constructor(file: string, about: Omit<SyncPlace, 'directory'>, origin: string) {
    this.#file = file;
    this.#about = about;
    this.#origin = origin;
  }

  /** @param origin what the origins would begin with in a folder that was never brought into this registry */
  static async open({ directory, ...about }: SyncPlace, origin: string): Promise<SyncStateFile> {
    const file = join(directory, `${sha256(JSON.stringify([about.registry, about.folder])).slice(0, 32)}.json`);
    const known = parsed((await textOf(file)) ?? '');
    return new SyncStateFile(file, about, known?.origin ?? origin);
  }

  /**
   * What the origins of the folder's files begin with. It stays what it was at first, also when the folder becomes a git
   * checkout later: by its origin an agent is known again.
   */
  get origin(): string {
    return this.#origin;
  }

  async load(): Promise<LoadedSnapshot> {
    const text = await textOf(this.#file);
    if (text === undefined) return { snapshot: EMPTY_SNAPSHOT, tag: null };
    return { snapshot: parsed(text)?.snapshot ?? EMPTY_SNAPSHOT, tag: sha256(text) };
  }

  /** Whoever reads meanwhile finds the old state or the new one, never half of one. */
  async replace(snapshot: ReloadSnapshot, tag: string | null): Promise<void> {
    const text = await textOf(this.#file);
    if ((text === undefined ? null : sha256(text)) !== tag) throw new SnapshotChangedError();
    await mkdir(dirname(this.#file), { recursive: true });
    const unfinished = `${this.#file}.${process.pid}`;
    await writeFile(unfinished, `${JSON.stringify({ ...this.#about, origin: this.#origin, snapshot })}\n`);
    await rename(unfinished, this.#file);
  }
}

/** A snapshot that is forgotten: for looking at what would happen. */
export class ForgottenSnapshot implements SnapshotStore {
  #snapshot: ReloadSnapshot;

  constructor(snapshot: ReloadSnapshot) {
    this.#snapshot = snapshot;
  }

  async load(): Promise<LoadedSnapshot> {
    return { snapshot: this.#snapshot, tag: '' };
  }

  async replace(snapshot: ReloadSnapshot): Promise<void> {
    this.#snapshot = snapshot;
  }
}
