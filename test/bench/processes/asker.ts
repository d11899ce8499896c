import { createHash } from 'node:crypto';
import { Bench } from 'tinybench';
import type { Contender } from '../contenders/contender.ts';
import { QUESTIONS, type TimedOperation } from '../questions.ts';
import { profiled } from './profiler.ts';

type Ask = (question: unknown) => unknown;

/** How long to time, in milliseconds. */
export interface Budget {
  readonly time: number;
  readonly warmup: number;
}

/** Asks one contender, in its own process. */
export class Asker {
  readonly #contender: Contender;
  readonly #size: number;

  constructor(contender: Contender, size: number) {
    this.#contender = contender;
    this.#size = size;
  }

  /**
   * A hash of each answer of a round; `undefined`: the contender cannot be asked this.
   *
   * @param limit milliseconds after which no further question is asked
   */
  async answers(operation: TimedOperation, limit: number): Promise<string[] | undefined> {
    const { asks, checks } = this.#contender;
    const ask = (checks?.[operation] ?? asks[operation]) as Ask | undefined;
    if (ask === undefined) return undefined;
    const end = performance.now() + limit;
    const hashes: string[] = [];
    for (const question of QUESTIONS[operation](this.#size)) {
      const answer = JSON.stringify(await ask(question));
      hashes.push(createHash('sha256').update(answer).digest('base64'));
      if (performance.now() > end) break;
    }
    return hashes;
  }

  /** Mean time of a question in microseconds, over rounds of the first so many. */
  async time(operation: TimedOperation, questions: number, { time, warmup }: Budget): Promise<number> {
    const bench = new Bench({
      time,
      iterations: 1,
      warmup: warmup > 0,
      warmupTime: warmup,
      warmupIterations: 1,
      throws: true,
      timestampProvider: 'hrtimeNow',
      subtractTimerOverhead: true,
    });
    const asked = QUESTIONS[operation](this.#size).slice(0, questions);
    const { isAsync = false, disturb } = this.#contender;
    const ask = this.#contender.asks[operation] as Ask;
    bench.add(operation, isAsync ? () => askInTurn(ask, asked) : () => askAll(ask, asked), {
      async: isAsync,
      ...(disturb && { beforeEach: disturb }),
    });
    const [task] = await bench.run();
    if (task?.result.state !== 'completed') throw new Error(`${operation} was not timed: ${task?.result.state}`);
    return (task.result.latency.mean * 1_000) / asked.length;
  }

  /** Asks for so many milliseconds, warm, and writes where the time went. */
  async profile(operation: TimedOperation, path: string, milliseconds: number): Promise<void> {
    const questions = QUESTIONS[operation](this.#size);
    await this.time(operation, questions.length, { time: 0, warmup: 500 });
    const ask = this.#contender.asks[operation] as Ask;
    await profiled(path, () => {
      const end = performance.now() + milliseconds;
      while (performance.now() < end) askAll(ask, questions);
    });
  }
}

/** Gives the last answer, so that no compiler finds that nobody wants any. */
function askAll(ask: Ask, questions: readonly unknown[]): unknown {
  let answer: unknown;
  for (const question of questions) answer = ask(question);
  return answer;
}

async function askInTurn(ask: Ask, questions: readonly unknown[]): Promise<unknown> {
  let answer: unknown;
  for (const question of questions) answer = await ask(question);
  return answer;
}
