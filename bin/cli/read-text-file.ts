import { readFile } from 'node:fs/promises';
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

/** The text of one file. Throws CliError when it cannot be read. */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new CliError(`${path}: ${fileTrouble(error)}`, { cause: error });
  });
  try {
    return decodeText(bytes);
  } catch (error) {
    throw new CliError(`${path}: it is not a text in UTF-8`, { cause: error });
  }
}
