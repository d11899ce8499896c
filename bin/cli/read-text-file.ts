import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { unfitness } from '../../lambdas/discovery/document-files.ts';
import { CliError } from './cli-error.ts';

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'it may not be read',
};

/** Why a file cannot be read. */
export function fileTrouble(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return FILE_TROUBLES[code] ?? `it cannot be read: ${message}`;
}

/** UTF-8 text of bytes. Throws TypeError where they are something else. */
export const decodeText = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

async function bytesOf(file: string): Promise<Uint8Array> {
  const reason = unfitness(await stat(file));
  if (reason) throw new CliError(reason);
  return readFile(file);
}

/**
 * The bytes of one file.
 *
 * @param path as the user wrote it
 * @param folder where the path starts
 * @throws CliError when it cannot be read
 */
export async function readBytes(path: string, folder: string): Promise<Uint8Array> {
  return bytesOf(resolve(folder, path)).catch((error: unknown) => {
    const reason = error instanceof CliError ? error.message : fileTrouble(error);
    throw new CliError(`${path}: ${reason}`, { cause: error });
  });
}

/** The text of one file; see {@link readBytes}. Throws CliError when it cannot be read, or is no text in UTF-8. */
export async function readTextFile(path: string, folder: string): Promise<string> {
  const bytes = await readBytes(path, folder);
  try {
    return decodeText(bytes);
  } catch (error) {
    throw new CliError(`${path}: it is not a text in UTF-8`, { cause: error });
  }
}
