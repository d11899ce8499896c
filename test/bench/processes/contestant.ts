import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TimedOperation } from '../questions.ts';
import { HEAP_OPTION } from './alone.ts';
import type { Budget } from './asker.ts';
import type { Request } from './contender-process.ts';

const PROCESS = fileURLToPath(new URL('contender-process.ts', import.meta.url));

/**
 * A contender in a process of its own, from where it is built to the last operation: neither the garbage of others nor
 * what the compiler learned from them is in its way. From one operation to the next it stays as warm as a function that
 * is asked now this, now that.
 */
export class Contestant {
  readonly name: string;
  readonly #child: ChildProcess;
  /** Milliseconds that taking in all agents took. */
  #built = 0;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  get built(): number {
    return this.#built;
  }

  /** Builds a contender of so many agents; `undefined`: it is not there, as a server that does not run. */
  static async start(name: string, size: number): Promise<Contestant | undefined> {
    const child = fork(PROCESS, [name, `${size}`], {
      execArgv: [HEAP_OPTION, '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // JSON has no Infinity.
      serialization: 'advanced',
    });
    const contestant = new Contestant(name, child);
    const built = await contestant.#reply();
    if (typeof built !== 'number') return undefined;
    contestant.#built = built;
    return contestant;
  }

  /** See `Asker.answers`. */
  async answers(operation: TimedOperation, limit: number): Promise<readonly string[] | undefined> {
    return (await this.#ask({ ask: 'answers', operation, limit })) as string[] | undefined;
  }

  /** See `Asker.time`. */
  async time(operation: TimedOperation, questions: number, budget: Budget): Promise<number> {
    return (await this.#ask({ ask: 'time', operation, questions, budget })) as number;
  }

  /** See `Asker.profile`. */
  async profile(operation: TimedOperation, path: string, milliseconds: number): Promise<void> {
    await this.#ask({ ask: 'profile', operation, path, milliseconds });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    await this.#ask({ ask: 'close' });
    await exited;
  }

  async #ask(request: Request): Promise<unknown> {
    const reply = this.#reply();
    this.#child.send(request);
    return reply;
  }

  /** What the process says next; `undefined` where it ends well without a word. */
  async #reply(): Promise<unknown> {
    const waiting = new AbortController();
    const said = once(this.#child, 'message', waiting).then(([message]) => (message as { reply?: unknown }).reply);
    const ended = once(this.#child, 'exit', waiting).then(([code]) => {
      if (code !== 0) throw new Error(`The process of ${this.name} ended with ${code}`);
    });
    return Promise.race([said, ended]).finally(() => waiting.abort());
  }
}
