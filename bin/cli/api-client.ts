import { setTimeout as wait } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Authorise } from '../../lambdas/shared/sig-v4.ts';
import { ApiProblemError } from './api-problem-error.ts';
import { authorisationFor, isLoopback } from './authorisation.ts';
import { CliError } from './cli-error.ts';
import { type FetchFailure, UnreachableError } from './unreachable-error.ts';

/** A call of the API. `path` begins with `/` and has its parts encoded. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Parameters; those without a value are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The registry's API. */
export interface ApiClient {
  readonly baseUrl: string;
  /**
   * Sends one request, more often while the trouble may pass.
   *
   * @returns the parsed body; `undefined` where there is none
   * @throws ApiProblemError when the API refuses, UnreachableError when nobody answers, CliError when something else does
   */
  call<Answer>(call: ApiCall): Promise<Answer>;
}

/** What a client is made of; everything but the address has a default. */
export interface ApiClientOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Default: by the address and `process.env`, see {@link authorisationFor}. */
  readonly authorise?: Authorise;
  /** Waits between attempts, in milliseconds. Default: a timer. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Attempts after the first; with the waits below the last one comes about 15 s after the first. */
const RETRIES = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** API Gateway gives up on a request after 30 s; a client need not wait longer. */
const TIMEOUT_MS = 35_000;

/** Overload and its kin; in each case the same request may be sent again. */
const PASSING = [429, 502, 503, 504];

const mayPass = (error: Error): boolean =>
  (error instanceof ApiProblemError && PASSING.includes(error.status)) ||
  (error instanceof UnreachableError && !error.neverConnected);

/** As long as the API asks for; else twice as long each time, with up to as much again, so that callers spread. */
function waitAfter(error: Error, attempt: number): number {
  const asked = error instanceof ApiProblemError ? error.retryAfter : undefined;
  const wanted = asked === undefined ? FIRST_WAIT_MS * 2 ** (attempt - 1) * (1 + Math.random()) : asked * 1000;
  return Math.min(wanted, LONGEST_WAIT_MS);
}

function urlOf(baseUrl: string, { path, query = {} }: ApiCall): URL {
  const url = new URL(baseUrl + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  // A form's `+` for a space would be signed, and read, as a plus.
  url.search = url.search.replaceAll('+', '%20');
  return url;
}

function parseAnswer(text: string, baseUrl: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`What answers at ${baseUrl} is no registry: it does not speak JSON.`, { cause: error });
  }
}

/**
 * A client of the registry at an address. It tries again what overload or a broken connection kept from being answered:
 * every call may be repeated, because registrations carry an `Idempotency-Key`.
 */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const { baseUrl, sleep = wait } = options;
  const base = new URL(baseUrl);
  const { authorise = authorisationFor(base, process.env) } = options;

  async function attempt(call: ApiCall): Promise<unknown> {
    const url = urlOf(baseUrl, call);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const headers = {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...call.headers,
    };
    const request = { method: call.method, url, headers, ...(body !== undefined && { body }) };
    const authorised = await authorise(request);
    const answer = await fetch(url, { ...request, headers: authorised, signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then(async (response) => ({ response, text: await response.text() }))
      .catch((error: FetchFailure) => {
        throw new UnreachableError(baseUrl, isLoopback(base), error);
      });
    const { response, text } = answer;
    if (!response.ok) throw new ApiProblemError(response.status, text, response.headers.get('retry-after'));
    return text === '' ? undefined : parseAnswer(text, baseUrl);
  }

  const call = <Answer>(request: ApiCall): Promise<Answer> =>
    pRetry(() => attempt(request) as Promise<Answer>, {
      retries: RETRIES,
      // The waiting is ours, so that it can be as long as the API asks for.
      minTimeout: 0,
      shouldRetry: ({ error }) => mayPass(error),
      onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft > 0 && mayPass(error)) await sleep(waitAfter(error, attemptNumber));
      },
    });

  return { baseUrl, call };
}
