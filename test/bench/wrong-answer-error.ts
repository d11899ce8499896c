/** Says that a contender is wrong: how quick it is does not matter then. */
export class WrongAnswerError extends Error {
  override readonly name = 'WrongAnswerError';
}
