/**
 * Runs one command, and ends the whole process group with it when whoever started this goes away.
 *
 * Whoever starts it holds the other end of this process's standard input. The operating system closes that end
 * however the holder dies, by `kill -9` too, so nothing of the group can outlive it: no pid file, nothing to find and
 * clean up at the next start. `process-group.ts` starts it.
 */
import { spawn } from 'node:child_process';

const [command = '', ...parameters] = process.argv.slice(2);
const child = spawn(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });

// Signals come to the whole group; the command decides what to do about them, and this process ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

/** The process group's own id, as `kill(2)` spells it. */
const OWN_GROUP = 0;
process.stdin.on('close', () => process.kill(OWN_GROUP, 'SIGKILL')).resume();

child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
