import { Sha256 } from '@aws-crypto/sha256-js';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { CliError } from './cli-error.ts';

/** A request about to be sent. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Gives the headers to send: those of the request, and what proves who sends it. */
export type Authorise = (request: OutgoingRequest) => Promise<Readonly<Record<string, string>>>;

/** AWS credentials, or where they come from. */
type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

/** `execute-api.eu-west-1.amazonaws.com`, of any partition. */
const REGION_IN_HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/;

/** Whether a host is this machine, where nobody asks who is calling. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

function regionOf(url: URL, environment: NodeJS.ProcessEnv): string {
  const region = REGION_IN_HOST.exec(url.hostname)?.[1] ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (region) return region;
  throw new CliError(`${url.hostname} does not say in which AWS region it is: set AWS_REGION.`);
}

/**
 * Signs requests with Signature Version 4 for API Gateway: method, path, query, host and body are covered.
 *
 * @param now injected for tests; default: the clock
 */
export function sigV4(region: string, credentials: Credentials, now: () => Date = () => new Date()): Authorise {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }) => {
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      ...(body !== undefined && { body }),
    };
    const signed = await signer.sign(request, { signingDate: now() });
    const { host: _, ...sent } = signed.headers; // the connection adds it
    return sent;
  };
}

/**
 * How to prove to the API at `url` who is calling: a bearer token where `AGENT_REGISTRY_TOKEN` is set (stages with JWT
 * authorisation), nothing on this machine, else a signature by the ambient AWS credentials, from the environment, a
 * profile or a role, as for the AWS command line.
 */
export function authorisationFor(url: URL, environment: NodeJS.ProcessEnv): Authorise {
  const token = environment.AGENT_REGISTRY_TOKEN;
  if (token) return async ({ headers }) => ({ ...headers, authorization: `Bearer ${token}` });
  if (isLoopback(url)) return async ({ headers }) => headers;
  const sign = sigV4(regionOf(url, environment), defaultProvider());
  return async (request) => {
    try {
      return await sign(request);
    } catch (error) {
      throw new CliError(`The request cannot be signed: ${(error as Error).message}`, { cause: error });
    }
  };
}
