import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LocalStackError } from '../../../bin/local/local-stack-error.ts';
import { runCommand } from '../../../bin/local/run-command.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();

async function run(script: string, signal = new AbortController().signal): Promise<void> {
  const logFile = join(await temporary(), 'log');
  await runCommand('sh', ['-c', script], { environment: process.env, logFile, signal, failure: 'It failed' });
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

  test('is ended by the signal, whose reason is thrown', async () => {
    const stop = new AbortController();
    const running = run('sleep 60', stop.signal);
    stop.abort(new LocalStackError('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  test('does not start after the signal', async () => {
    await expect(run('exit 3', AbortSignal.abort(new LocalStackError('too late')))).rejects.toThrow('too late');
  });
});
