/** What Node calls a connection that was never made: the request had no effect, and trying again soon is no use. */
const NEVER_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** The parts of what `fetch` throws that tell why: its own name, and the code of the system's error below it. */
export interface FetchFailure {
  readonly name?: string;
  readonly cause?: { readonly code?: string };
}

/** The API did not answer, so whether a request took effect is not known unless it never connected. */
export class UnreachableError extends Error {
  readonly neverConnected: boolean;

  constructor(baseUrl: string, isLocal: boolean, cause: FetchFailure) {
    const code = cause.cause?.code;
    const why = cause.name === 'TimeoutError' ? 'timed out' : (code ?? 'no connection');
    const hint = isLocal ? 'Is the local stack running? `npm start` starts it.' : 'Is the address right?';
    super(`The registry at ${baseUrl} does not answer (${why}). ${hint}`, { cause });
    this.name = 'UnreachableError';
    this.neverConnected = code !== undefined && NEVER_CONNECTED.includes(code);
  }
}
