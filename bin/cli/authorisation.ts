import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { type Authorise, regionOfApi, sigV4 } from '../../lambdas/shared/sig-v4.ts';
import { CliError } from './cli-error.ts';

/** Whether a host is this machine, where nobody asks who is calling. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

function regionOf(url: URL, environment: NodeJS.ProcessEnv): string {
  const region = regionOfApi(url) ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (region) return region;
  throw new CliError(`${url.hostname} does not say in which AWS region it is: set AWS_REGION.`);
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
