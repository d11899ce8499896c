import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from './aws-environment.ts';
import { LocalStackError } from './local-stack-error.ts';
import { runCommand } from './run-command.ts';

const run = promisify(execFile);

const REQUIREMENTS = join(PROJECT, 'bin', 'local', 'requirements.txt');
/** The emulator's own minimum. */
const OLDEST_MINOR = 10;
const NAMES = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];

/** A Python interpreter, version 3. */
export type Python = { readonly command: string; readonly minor: number };

async function versionOf(command: string, environment: NodeJS.ProcessEnv): Promise<Python | undefined> {
  try {
    const script = 'import sys; print(sys.version_info[0], sys.version_info[1])';
    const [major, minor] = (await run(command, ['-c', script], { env: environment })).stdout.split(' ').map(Number);
    return major === 3 && minor !== undefined ? { command, minor } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds a Python that can run the emulator.
 *
 * @throws LocalStackError when there is none.
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const older: Python[] = [];
  for (const name of NAMES) {
    const python = await versionOf(name, environment);
    if (python && python.minor >= OLDEST_MINOR) return python;
    if (python) older.push(python);
  }
  const found = older.map(({ command, minor }) => `${command} is 3.${minor}`).join(', ') || 'found none';
  throw new LocalStackError(
    `The local stack needs Python 3.${OLDEST_MINOR} or newer on the PATH (${found}). Install it and start again.`,
  );
}

async function createEnvironment(python: Python, venv: string, logFile: string, signal: AbortSignal): Promise<void> {
  await runCommand(python.command, ['-m', 'venv', venv], {
    environment: process.env,
    logFile,
    signal,
    failure:
      `${python.command} could not make a virtual environment. Where the venv module is a package of its own, ` +
      'install it and start again: on Debian and Ubuntu, apt install python3-venv',
  });
}

async function install(venv: string, logFile: string, signal: AbortSignal): Promise<void> {
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install'];
  await runCommand(join(venv, 'bin', 'python'), [...pip, '--require-hashes', '--no-deps', '-r', REQUIREMENTS], {
    environment: process.env,
    logFile,
    signal,
    failure: 'pip could not install the emulator: the first start needs a network connection to its package index',
  });
}

/**
 * The Python of a private virtual environment that holds the emulator; made once, then found.
 *
 * Its directory is named after what is in it, and appears only when complete: changed requirements or another Python
 * get a new one, an interrupted start leaves nothing half made, and two starts at once cannot disturb each other.
 *
 * @param cache - directory that keeps virtual environments: `.local` of the checkout
 * @throws LocalStackError that says what is missing: Python's venv module, or the network.
 */
export async function preparePython(
  python: Python,
  cache: string,
  logFile: string,
  signal: AbortSignal,
): Promise<string> {
  const content = createHash('sha256')
    .update(`3.${python.minor}\n`)
    .update(await readFile(REQUIREMENTS));
  const venv = join(cache, `venv-${content.digest('hex').slice(0, 12)}`);
  const interpreter = join(venv, 'bin', 'python');
  if (existsSync(interpreter)) return interpreter;

  const unfinished = `${venv}.${process.pid}`;
  try {
    await mkdir(cache, { recursive: true });
    await createEnvironment(python, unfinished, logFile, signal);
    await install(unfinished, logFile, signal);
    // What stands in the way, if anything, lost its Python: its interpreter was not there a moment ago.
    if (!existsSync(interpreter)) await rm(venv, { recursive: true, force: true });
    if (!existsSync(venv)) await rename(unfinished, venv);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return interpreter;
}
