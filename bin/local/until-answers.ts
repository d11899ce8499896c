import { setTimeout as pause } from 'node:timers/promises';
import { LocalStackError } from './local-stack-error.ts';
import type { ProcessGroup } from './process-group.ts';

export type Server = {
  /** What it is called in a failure's message. */
  readonly name: string;
  /** Answers anything at all once the server is ready. */
  readonly url: string;
  readonly group: ProcessGroup;
  readonly logFile: string;
  readonly signal: AbortSignal;
};

/** Far above the second or two that starts take, so that a busy machine gets its time. */
const READY_WITHIN_MS = 60_000;

/** Whether anything at all answers there within a second. */
export const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    () => true,
    () => false,
  );

/**
 * Waits until a server that was just started answers.
 *
 * @throws LocalStackError when it ends or keeps silent for a minute, with the server stopped.
 * @throws the signal's reason, when that ended the wait.
 */
export async function untilAnswers({ name, url, group, logFile, signal }: Server): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  let running = true;
  void group.exited.then(() => {
    running = false;
  });
  try {
    while (!(await answers(url))) {
      signal.throwIfAborted();
      if (!running) throw new LocalStackError(`${name} ended as it started: ${logFile} says why.`);
      if (performance.now() > end) throw new LocalStackError(`${name} does not answer: ${logFile} may say why.`);
      await pause(50);
    }
  } catch (error) {
    await group.stop();
    throw error;
  }
}
