import type { NoAnswer } from './paced-calls.ts';

/**
 * Why a check that was due says nothing of an agent. `unreadable`: what it declares is no reference; `elsewhere`: it names
 * another account or region; `notPermitted`: the stage does not permit it; `late`: there was no time; `unclear`: the
 * answer says nothing that we know.
 */
export type UnaskedCause = 'unreadable' | 'elsewhere' | 'notPermitted' | 'late' | 'unclear' | NoAnswer;

/** How many agents were not asked after, by the cause; told once a round, and only where there are any. */
export type TellUnasked = (agents: Readonly<Partial<Record<UnaskedCause, number>>>) => void;

/** Counts those who are not asked after. */
export class UnaskedAgents {
  readonly #counts: Partial<Record<UnaskedCause, number>> = {};

  add(cause: UnaskedCause, agents = 1): void {
    this.#counts[cause] = (this.#counts[cause] ?? 0) + agents;
  }

  tell(tell: TellUnasked | undefined): void {
    if (Object.keys(this.#counts).length > 0) tell?.(this.#counts);
  }
}
