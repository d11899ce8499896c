import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PROJECT } from '../../bin/local/aws-environment.ts';
import { descendantsOf } from './processes.ts';

/** A local stack as people start it, and what it says. */
export class NpmStart {
  readonly process: ChildProcess;
  /** All that it wrote, once it has ended. */
  readonly output: Promise<string>;
  #written = '';

  constructor(environment: NodeJS.ProcessEnv, command = 'npm', parameters: readonly string[] = ['start']) {
    const env = { ...process.env, ...environment };
    this.process = spawn(command, parameters, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.process;
    if (!stdout || !stderr) throw new Error('A child without pipes');
    stdout.on('data', (chunk) => {
      this.#written += String(chunk);
    });
    this.output = Promise.all([text(stdout), text(stderr)]).then((parts) => parts.join(''));
  }

  /** Resolves with what it has written so far, once that contains the words. */
  async says(words: string): Promise<string> {
    const { stdout } = this.process;
    while (!this.#written.includes(words)) {
      const ended = this.output.then((all) => Promise.reject(new Error(`It ended without saying "${words}":\n${all}`)));
      await Promise.race([stdout && once(stdout, 'data'), ended]);
    }
    return this.#written;
  }

  /** Every process that it consists of. */
  async family(): Promise<number[]> {
    const { pid = 0 } = this.process;
    return [pid, ...(await descendantsOf(pid))];
  }

  /** Resolves with the exit code, null when a signal ended it. */
  async ends(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }
}
