import { join, posix } from 'node:path';
import { shownPath } from './file-path.ts';

/** What the files of one folder are called: by the registry, by the folder's manifest source, and by the user. */
export class FolderNames {
  readonly #folder: string;
  readonly #origin: string;

  /**
   * @param folder as the user wrote it
   * @param origin what the origins of its files begin with
   */
  constructor(folder: string, origin: string) {
    this.#folder = folder;
    this.#origin = origin;
  }

  /** The origin of a key, which is a path from the folder. */
  originOf(key: string): string {
    return posix.join(this.#origin, key);
  }

  keyOf(origin: string): string {
    return posix.relative(this.#origin, origin);
  }

  pathOf(key: string): string {
    return shownPath(join(this.#folder, key));
  }
}
