import { readFile } from 'node:fs/promises';
import { LocalStackError } from './local-stack-error.ts';
import { type GroupOptions, startGroup } from './process-group.ts';

export type CommandOptions = GroupOptions & {
  /** What failed, in words, when the command does: `The deployment failed`. */
  readonly failure: string;
  /** Ends the command and everything it started. */
  readonly signal: AbortSignal;
};

const TAIL_LINES = 25;

async function tail(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.slice(-TAIL_LINES).join('\n');
}

/**
 * Runs a command to its end.
 *
 * @throws LocalStackError with the last lines of its output, when it fails.
 * @throws the signal's reason, when that ended it.
 */
export async function runCommand(
  command: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<void> {
  options.signal.throwIfAborted();
  const group = await startGroup(command, parameters, options);
  const stop = () => void group.stop();
  options.signal.addEventListener('abort', stop);
  if (options.signal.aborted) stop();
  try {
    const code = await group.exited;
    if (options.signal.aborted) await group.stop();
    options.signal.throwIfAborted();
    if (code === 0) return;
    throw new LocalStackError(
      `${options.failure}. The last lines of ${options.logFile}:\n\n${await tail(options.logFile)}`,
    );
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}
