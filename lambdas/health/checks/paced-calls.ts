import pMap from 'p-map';
import pThrottle from 'p-throttle';
import type { Clock } from '../../shared/clock.ts';

/** Milliseconds that one call may take in all: none is begun with less time. */
export const CALL_MS = 5_000;

/** What a control plane says where it does not say what was asked: ask nobody more now, or ask me nothing of this. */
export type NoAnswer = 'busy' | 'refused';

const isNoAnswer = (answer: unknown): answer is NoAnswer => answer === 'busy' || answer === 'refused';

export interface PacedCallsProps<Question, Answer> {
  readonly call: (question: Question) => Promise<Answer | NoAnswer>;
  /** Calls in any second. */
  readonly limit: number;
  readonly clock: Clock;
}

/** What a call said, and when it was begun: milliseconds. */
export interface Answered<Question, Answer> {
  readonly question: Question;
  readonly answer: Answer;
  readonly at: number;
  readonly responseTime: number;
}

/**
 * Calls to a control plane, which the whole account shares: at most so many a second, from round to round, and after it
 * said that it is busy none until the next round.
 */
export class PacedCalls<Question, Answer> {
  readonly #props: PacedCallsProps<Question, Answer>;
  readonly #paced: (
    question: Question,
    mayCall: () => boolean,
  ) => Promise<Answered<Question, Answer | NoAnswer> | undefined>;

  constructor(props: PacedCallsProps<Question, Answer>) {
    this.#props = props;
    const { limit } = props;
    this.#paced = pThrottle({ limit, interval: 1_000, strict: true })((question: Question, mayCall: () => boolean) =>
      // Its turn may come after the end.
      mayCall() ? this.#timed(question) : Promise.resolve(undefined),
    );
  }

  /**
   * Asks the first questions first, as many as there is time for.
   *
   * @param deadline milliseconds since the epoch
   * @param leave told of each question that stays without an answer, and why; `late`: there was no time
   */
  async ask(
    questions: readonly Question[],
    deadline: number,
    leave: (question: Question, cause: NoAnswer | 'late') => void = () => undefined,
  ): Promise<Answered<Question, Answer>[]> {
    const { clock, limit } = this.#props;
    const answered: Answered<Question, Answer>[] = [];
    let isBusy = false;
    const mayCall = () => !isBusy && clock.now() + CALL_MS <= deadline;
    const ask = async (question: Question): Promise<void> => {
      const said = mayCall() ? await this.#paced(question, mayCall) : undefined;
      if (said?.answer === 'busy') isBusy = true;
      if (said === undefined) leave(question, isBusy ? 'busy' : 'late');
      else if (isNoAnswer(said.answer)) leave(question, said.answer);
      else answered.push(said as Answered<Question, Answer>);
    };
    // No more than a second's wait for their turn.
    await pMap(questions, ask, { concurrency: limit });
    return answered;
  }

  async #timed(question: Question): Promise<Answered<Question, Answer | NoAnswer>> {
    const { call, clock } = this.#props;
    const at = clock.now();
    const answer = await call(question);
    return { question, answer, at, responseTime: clock.now() - at };
  }
}
