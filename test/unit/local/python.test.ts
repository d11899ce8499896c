import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LocalStackError } from '../../../bin/local/local-stack-error.ts';
import { findPython, preparePython } from '../../../bin/local/python.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();
const { signal } = new AbortController();

async function program(directory: string, name: string, script: string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A machine with nothing but programs of these names, each of which claims to be the given Python. */
async function machineWith(pythons: Readonly<Record<string, string>>): Promise<NodeJS.ProcessEnv> {
  const directory = await temporary();
  for (const [name, version] of Object.entries(pythons)) await program(directory, name, `echo ${version}`);
  return { PATH: directory };
}

/** Stands for a Python whose `-m venv` makes a directory with an interpreter, which in turn runs `pip`. */
const WITH_PIP = (pip: string) => `
case "$2" in
  venv) mkdir -p "$3/bin"; printf '#!/bin/sh\\n%s\\n' '${pip}' > "$3/bin/python"; chmod +x "$3/bin/python";;
  *) echo "unexpected: $*"; exit 9;;
esac`;

async function prepare(cache: string, script: string, minor = 12): Promise<string> {
  const machine = await temporary();
  const command = await program(machine, 'python3', script);
  return preparePython({ command, minor }, cache, join(machine, 'log'), signal);
}

describe('the search for Python', () => {
  test('takes the first one that is new enough', async () => {
    const machine = await machineWith({ python3: '3 9', python: '2 7', 'python3.12': '3 12', 'python3.11': '3 11' });
    expect(await findPython(machine)).toEqual({ command: 'python3.12', minor: 12 });
  });

  test('takes 3.10, the oldest that will do', async () => {
    expect(await findPython(await machineWith({ python3: '3 10' }))).toEqual({ command: 'python3', minor: 10 });
  });

  test('says which ones were too old', async () => {
    await expect(findPython(await machineWith({ python3: '3 9', python: '3 8' }))).rejects.toThrow(
      new LocalStackError(
        'The local stack needs Python 3.10 or newer on the PATH (python3 is 3.9, python is 3.8). Install it and start again.',
      ),
    );
  });

  test('says when there is none at all', async () => {
    await expect(findPython(await machineWith({}))).rejects.toThrow(/needs Python 3\.10 or newer .*found none/);
  });
});

describe('the virtual environment', () => {
  test('is made once, and then found', async () => {
    const cache = join(await temporary(), 'cache');
    const made = await prepare(cache, WITH_PIP('exit 0'));
    expect(await prepare(cache, 'exit 9')).toBe(made);
    expect(await readdir(cache)).toHaveLength(1);
  });

  test('is another one for another Python', async () => {
    const cache = await temporary();
    const older = await prepare(cache, WITH_PIP('exit 0'), 11);
    expect(await prepare(cache, WITH_PIP('exit 0'), 12)).not.toBe(older);
  });

  test('is installed from the requirements with their hashes checked', async () => {
    const cache = await temporary();
    const pip = 'case "$*" in *"--require-hashes --no-deps -r"*requirements.txt) exit 0;; esac; exit 1';
    await expect(prepare(cache, WITH_PIP(pip))).resolves.toMatch(/venv-[0-9a-f]{12}\/bin\/python$/);
  });

  test('needs the venv module, and says so', async () => {
    const cache = await temporary();
    await expect(prepare(cache, 'echo ensurepip is not available; exit 1')).rejects.toThrow(
      /apt install python3-venv.*ensurepip is not available/s,
    );
  });

  test('needs the network once, says so, and leaves nothing half made', async () => {
    const cache = await temporary();
    const failure = prepare(cache, WITH_PIP('echo no route to host; exit 1'));
    await expect(failure).rejects.toThrow(/needs a network connection.*no route to host/s);
    expect(await readdir(cache)).toEqual([]);
  });
});
