import type { Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCUMENT_EXTENSIONS, extensionOf } from './reading/document-extension.ts';

/** An agent has at most 256 KB, and an agent file a prompt beside it; what is larger is something else. */
export const MAX_DOCUMENT_BYTES = 2 ** 20;

/** Folders that hold other people's code, or none at all. `.claude` and the like do hold agents. */
const NOT_WALKED = ['node_modules', '.git'];

/** Whether a folder of this name is left out, with all below. */
export const isLeftOut = (folder: string): boolean => NOT_WALKED.includes(folder);

/** Whether a file may describe an agent, by its extension. */
export const isDocument = (path: string): boolean => DOCUMENT_EXTENSIONS.includes(extensionOf(path));

/** Why something of this size is not worth reading; `undefined`: it is. */
export const tooLarge = (bytes: number): string | undefined =>
  bytes > MAX_DOCUMENT_BYTES ? 'it is larger than 1 MiB, which no agent is' : undefined;

/** Why something is not read although it is there; `undefined`: it is. A pipe or a device may keep a reader waiting. */
export function unfitness(stats: Stats): string | undefined {
  if (stats.isDirectory()) return 'it is a folder, not a file';
  return stats.isFile() ? tooLarge(stats.size) : 'it is no regular file';
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Everything below a folder that has the extension of a document, and links that have: paths from the folder, with `/`.
 * Links to folders are not followed, so nothing goes in circles.
 *
 * @param isWanted by its name. Default: documents
 * @throws what the file system says of a folder that is not there, or may not be read
 */
export async function documentsBelow(
  folder: string,
  isWanted: (name: string) => boolean = isDocument,
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isDirectory()) return isWanted(entry.name) ? [entry.name] : [];
      if (isLeftOut(entry.name)) return [];
      const below = await documentsBelow(join(folder, entry.name), isWanted).catch((error: unknown) => {
        // It was deleted since its parent was read.
        if (isGone(error)) return [];
        throw error;
      });
      return below.map((path) => `${entry.name}/${path}`);
    }),
  );
  return found.flat();
}
