/** What Node calls a connection that was never made: the request had no effect, and trying again soon is no use. */
const NEVER_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

const codeOf = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
};

/** The API did not answer, so whether a request took effect is not known unless it never connected. */
export class UnreachableError extends Error {
  readonly neverConnected: boolean;

  constructor(baseUrl: string, isLocal: boolean, cause: unknown) {
    const code = codeOf(cause);
    const hint = isLocal ? ' Is the local stack running? `npm start` starts it.' : ' Is the address right?';
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
    super(
      `The registry at ${baseUrl} does not answer (${timedOut ? 'timed out' : (code ?? 'no connection')}).${hint}`,
      {
        cause,
      },
    );
    this.name = 'UnreachableError';
    this.neverConnected = code !== undefined && NEVER_CONNECTED.includes(code);
  }
}
