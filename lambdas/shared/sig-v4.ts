import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

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

/** The AWS region in the host name of an API; `undefined`: it is none of API Gateway's. */
export const regionOfApi = ({ hostname }: URL): string | undefined => REGION_IN_HOST.exec(hostname)?.[1];

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
