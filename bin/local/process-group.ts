import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A command and everything it starts: they live in one process group of their own, and end together. */
export type ProcessGroup = {
  /** Resolves with the command's exit code (1 when a signal ended it). */
  readonly exited: Promise<number>;
  /** Ends every process of the group: politely, and by force those that take too long. Safe to call twice. */
  stop(): Promise<void>;
};

export type GroupOptions = {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Where standard output and error go; emptied first. */
  readonly logFile: string;
  /** How long processes may take to end politely. @default 3000 */
  readonly politeMs?: number;
};

const GUARD = join(import.meta.dirname, 'guard.ts');
/** A killed process whose parent died waits to be reaped by the system; in some containers nobody does. */
const FORCED_MS = 1_000;

function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

async function isGone(leader: number, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (signalGroup(leader, 0)) {
    if (performance.now() > end) return false;
    await pause(25);
  }
  return true;
}

async function stopGroup(leader: number, politeMs: number): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  if (await isGone(leader, politeMs)) return;
  signalGroup(leader, 'SIGKILL');
  await isGone(leader, FORCED_MS);
}

/**
 * Starts a command in a process group of its own, so that a Ctrl-C at the terminal reaches only the caller, who then
 * stops things in order. The group ends by itself when this process dies, however it dies (`guard.ts`).
 */
export async function startGroup(
  command: string,
  parameters: readonly string[],
  options: GroupOptions,
): Promise<ProcessGroup> {
  const log = await open(options.logFile, 'w');
  const guard = spawn(process.execPath, [GUARD, command, ...parameters], {
    cwd: options.cwd,
    env: options.environment,
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  const exited = new Promise<number>((resolve) => {
    guard.on('exit', (code) => resolve(code ?? 1));
  });
  await once(guard, 'spawn').finally(() => log.close());
  const { pid } = guard;
  if (pid === undefined) throw new Error(`${process.execPath} did not start`);
  return { exited, stop: () => stopGroup(pid, options.politeMs ?? 3_000) };
}
