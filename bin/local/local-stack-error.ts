/**
 * A failure that people can act on: its message says in plain words what is missing or went wrong, and is shown
 * without a stack trace.
 */
export class LocalStackError extends Error {
  override readonly name = 'LocalStackError';
}
