/** When a call goes wrong: without effect, or after its effect, so that the answer is lost. */
export type FaultTime = 'before' | 'after';

/** Calls of any number of ports, counted together; one of them may go wrong. */
export class FaultyCalls {
  /** The calls that were made, as `port.method`, in order. */
  readonly made: string[] = [];
  readonly #at: number;
  readonly #when: FaultTime;
  readonly #fault: (call: string) => unknown;

  /**
   * @param at index of the call that goes wrong; -1: none does
   * @param fault what it throws. Default: an error that nobody knows
   */
  constructor(at = -1, when: FaultTime = 'before', fault = (call: string): unknown => new Error(`${call} failed`)) {
    this.#at = at;
    this.#when = when;
    this.#fault = fault;
  }

  /** A function whose calls count. */
  counted<Args extends unknown[], Result>(
    name: string,
    call: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      const isWrong = this.made.push(name) - 1 === this.#at;
      if (isWrong && this.#when === 'before') throw this.#fault(name);
      const result = await call(...args);
      if (isWrong) throw this.#fault(name);
      return result;
    };
  }

  /**
   * A port whose calls count.
   *
   * @param plain names of methods that are no calls
   */
  port<Port extends object>(name: string, port: Port, plain: readonly string[] = []): Port {
    return new Proxy(port, {
      get: (target, method) => {
        const value: unknown = Reflect.get(target, method, target);
        if (typeof value !== 'function') return value;
        const bound = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
        return plain.includes(String(method)) ? bound : this.counted(`${name}.${String(method)}`, bound);
      },
    });
  }
}
