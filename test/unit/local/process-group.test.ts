import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startGroup } from '../../../bin/local/process-group.ts';
import { eventually } from '../../support/eventually.ts';
import { stillRunning } from '../../support/processes.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();

/** A shell and a child of its own, both of which end only when they are made to; it prints the ids of both. */
const FAMILY = 'sleep 60 & echo $$ $!; wait';
/** The same, deaf to polite requests. */
const DEAF_FAMILY = `trap '' TERM; ${FAMILY}`;

const pidsIn = (logFile: string): Promise<number[]> =>
  eventually(async () => {
    const text = await readFile(logFile, 'utf8').catch(() => 'not there yet');
    const pids = text.trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    return pids;
  });

async function startFamily(script: string) {
  const logFile = join(await temporary(), 'log');
  const group = await startGroup('sh', ['-c', script], { environment: process.env, logFile, politeMs: 100 });
  return { group, pids: await pidsIn(logFile) };
}

describe('a process group', () => {
  test.each([
    ['that listens', FAMILY],
    ['that is deaf to polite requests', DEAF_FAMILY],
  ])('%s ends with everything it started', async (_, script) => {
    const { group, pids } = await startFamily(script);
    expect(await stillRunning(pids)).toHaveLength(2);
    await group.stop();
    expect(await stillRunning(pids)).toEqual([]);
  });

  test('may be stopped twice, and after it has ended', async () => {
    const { group } = await startFamily(FAMILY);
    await Promise.all([group.stop(), group.stop()]);
    await group.stop();
    await expect(group.exited).resolves.toBe(1);
  });

  test('passes on how its command ended, and writes what that said to the log', async () => {
    const logFile = join(await temporary(), 'log');
    const script = 'echo out; echo error >&2; exit 7';
    const group = await startGroup('sh', ['-c', script], { environment: process.env, logFile });
    expect(await group.exited).toBe(7);
    expect(await readFile(logFile, 'utf8')).toBe('out\nerror\n');
  });

  test('of a command that does not exist ends at once', async () => {
    const logFile = join(await temporary(), 'log');
    const group = await startGroup('no-such-command', [], { environment: process.env, logFile });
    expect(await group.exited).toBe(127);
    expect(await readFile(logFile, 'utf8')).toContain('no-such-command');
  });

  test('dies with the process that started it, even by kill -9', async () => {
    const logFile = join(await temporary(), 'log');
    const source = new URL('../../../bin/local/process-group.ts', import.meta.url).href;
    const start = `const { startGroup } = await import(${JSON.stringify(source)});
      await startGroup('sh', ['-c', ${JSON.stringify(DEAF_FAMILY)}], { environment: process.env, logFile: ${JSON.stringify(logFile)} });`;
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', start], { stdio: 'inherit' });
    const pids = await pidsIn(logFile);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await eventually(async () => expect(await stillRunning(pids)).toEqual([]));
  });
});
