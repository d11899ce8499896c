import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError } from './cli-error.ts';

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'it may not be read',
};

/** An agent has at most 256 KB, and an agent file a prompt beside it; what is larger is something else. */
const MAX_BYTES = 2 ** 20;

/** Why a file cannot be read. */
export function fileTrouble(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return FILE_TROUBLES[code] ?? `it cannot be read: ${message}`;
}

/** Why something of this size is not worth reading; `undefined`: it is. */
export const tooLarge = (bytes: number): string | undefined =>
  bytes > MAX_BYTES ? 'it is larger than 1 MiB, which no agent is' : undefined;

/** Why something is not read although it is there; `undefined`: it is. A pipe or a device may keep a reader waiting. */
export function unfitness(stats: Stats): string | undefined {
  if (stats.isDirectory()) return FILE_TROUBLES.EISDIR;
  return stats.isFile() ? tooLarge(stats.size) : 'it is no regular file';
}

/** UTF-8 text of bytes. Throws TypeError where they are something else. */
export const decodeText = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

async function readBytes(file: string): Promise<Uint8Array> {
  const reason = unfitness(await stat(file));
  if (reason) throw new CliError(reason);
  return readFile(file);
}

/**
 * The text of one file.
 *
 * @param path as the user wrote it
 * @param folder where the path starts
 * @throws CliError when it cannot be read
 */
export async function readTextFile(path: string, folder: string): Promise<string> {
  const bytes = await readBytes(resolve(folder, path)).catch((error: unknown) => {
    const reason = error instanceof CliError ? error.message : fileTrouble(error);
    throw new CliError(`${path}: ${reason}`, { cause: error });
  });
  try {
    return decodeText(bytes);
  } catch (error) {
    throw new CliError(`${path}: it is not a text in UTF-8`, { cause: error });
  }
}
