import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LocalStackError } from '../../../bin/local/local-stack-error.ts';
import { runCommand } from '../../../bin/local/run-command.ts';
import { eventually } from '../../support/eventually.ts';
import { stillRunning } from '../../support/processes.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();

/** Ends when it is asked to, and leaves a child that does not; prints the child's id. */
const DEAF_CHILD = "(trap '' TERM; sleep 60) & echo $!; wait";

const start = (script: string, logFile: string, signal: AbortSignal): Promise<void> =>
  runCommand('sh', ['-c', script], {
    environment: process.env,
    logFile,
    signal,
    failure: 'It failed',
    politeMs: 100,
  });

async function run(script: string, signal = new AbortController().signal): Promise<void> {
  await start(script, join(await temporary(), 'log'), signal);
}

describe('a command', () => {
  test('that succeeds says nothing', async () => {
    await expect(run('echo fine')).resolves.toBeUndefined();
  });

  test('that fails says what failed and shows the last lines of its output only', async () => {
    const failure = await run('seq 1000; echo the reason >&2; exit 3').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LocalStackError);
    expect((failure as Error).message).toMatch(/^It failed\. [^\n]*\n\n977\n.*\n1000\nthe reason$/s);
  });

  test('is ended by the signal, whose reason is thrown when nothing of it runs any more', async () => {
    const logFile = join(await temporary(), 'log');
    const stop = new AbortController();
    const running = start(DEAF_CHILD, logFile, stop.signal);
    const pid = await eventually(async () => {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      expect(text).not.toBe('');
      return Number(text);
    });
    stop.abort(new LocalStackError('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(await stillRunning([pid])).toEqual([]);
  });

  test('is ended by a signal that comes as it starts', async () => {
    const logFile = join(await temporary(), 'log');
    const stop = new AbortController();
    const running = start('sleep 60', logFile, stop.signal);
    stop.abort(new LocalStackError('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  test('does not start after the signal', async () => {
    await expect(run('exit 3', AbortSignal.abort(new LocalStackError('too late')))).rejects.toThrow('too late');
  });
});
