import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Megabytes that a process may hold: a million agents in maps of sets take more than Node's default. */
export const HEAP_OPTION = '--max-old-space-size=12288';

/** Answers of a process, in characters, are short; what functions log beside them is not. */
const MAX_OUTPUT = 256 * 1024 ** 2;

/**
 * What a script of this folder tells in a fresh process: the JSON of its last line.
 *
 * @param script such as `memory-process.ts`
 */
export async function alone<Result>(script: string, args: readonly (string | number)[]): Promise<Result> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const options = [HEAP_OPTION, '--expose-gc', '--disable-warning=ExperimentalWarning'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, path, ...args.map(String)], {
    maxBuffer: MAX_OUTPUT,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Result;
}
