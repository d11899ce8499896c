/** A worker that takes one step at a time, when it is told to. */
export class Stepped {
  /** Waits at each step until it may go on. */
  #resume: (() => void) | undefined;
  #done = false;

  /** What the work calls before and after each of its calls. */
  readonly turn = (): Promise<void> =>
    new Promise((resolve) => {
      this.#resume = resolve;
    });

  start(work: () => Promise<unknown>): void {
    const end = () => {
      this.#done = true;
    };
    work().then(end, end);
  }

  /** Lets it go on to its next step, and comes back when it has got there; `false`: it has come to its end. */
  async step(): Promise<boolean> {
    await this.#arrival();
    if (this.#done) return false;
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
    await this.#arrival();
    return !this.#done;
  }

  async #arrival(): Promise<void> {
    while (this.#resume === undefined && !this.#done) await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * A port whose every call takes a turn before it takes effect, and another before its answer arrives.
 *
 * @param turn is told which method was called
 * @param plain names of methods that are no calls
 */
export function stepping<Port extends object>(
  port: Port,
  turn: (call: string) => Promise<void>,
  plain: readonly string[],
): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (plain.includes(String(name))) return value.bind(target);
      return async (...args: unknown[]) => {
        await turn(String(name));
        const result: unknown = await value.apply(target, args);
        await turn(String(name));
        return result;
      };
    },
  });
}
