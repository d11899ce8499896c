import { LocalStackError } from './local-stack-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const LOOK_EVERY_MS = 500;

/**
 * A signal that aborts when the process is asked to stop: by Ctrl-C, by `kill`, by a closed terminal, or because the
 * `npm` that started it is gone. npm hands most signals on, but cannot do so when it is killed by force.
 */
export function stopRequest(asked: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new LocalStackError('Stopped before it was ready.'));
  for (const signal of SIGNALS) asked.on(signal, stop);
  if (asked.env.npm_lifecycle_event !== undefined) {
    const parent = asked.ppid;
    setInterval(() => {
      if (asked.ppid !== parent) stop();
    }, LOOK_EVERY_MS).unref();
  }
  return controller.signal;
}
