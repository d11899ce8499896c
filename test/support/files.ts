import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder that a test fills. */
export interface Files {
  readonly folder: string;
  /** Objects are written as JSON. */
  write(path: string, content: string | object): Promise<void>;
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export function filesIn(folder: string): Files {
  const made = async (path: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    return join(folder, path);
  };
  return {
    folder,
    async write(path, content) {
      await writeFile(await made(path), typeof content === 'string' ? content : JSON.stringify(content));
    },
    async move(from, to) {
      await rename(join(folder, from), await made(to));
    },
    async remove(path) {
      await rm(join(folder, path), { recursive: true });
    },
  };
}
