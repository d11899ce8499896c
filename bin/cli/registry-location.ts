import { join } from 'node:path';
import { PROJECT } from '../local/aws-environment.ts';
import { type LocalOutputs, readOutputs } from '../local/outputs.ts';
import { isLoopback } from './authorisation.ts';
import { CliError } from './cli-error.ts';

/** Where the registry is that a command talks to. */
export interface RegistryLocation {
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** Outputs of the local stack, where that is the registry. */
  readonly local: LocalOutputs | undefined;
}

/** Where a checkout keeps what is its own and no one else's: `.local`, or `AGENT_REGISTRY_LOCAL_DIR`. */
export const localFolder = (environment: NodeJS.ProcessEnv): string =>
  environment.AGENT_REGISTRY_LOCAL_DIR ?? join(PROJECT, '.local');

export const isHttpAddress = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);

/**
 * Finds the registry: `--api`, else `AGENT_REGISTRY_API`, else the local stack that runs (`.local/outputs.json`, or
 * below `AGENT_REGISTRY_LOCAL_DIR`).
 *
 * @throws CliError when there is none, LocalStackError when the local stack's announcement is broken
 */
export async function locateRegistry(
  option: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryLocation> {
  const named = (option ?? environment.AGENT_REGISTRY_API)?.replace(/\/+$/, '');
  if (named && !isHttpAddress(named)) throw new CliError(`${named} is not an http address.`);
  if (named && !isLoopback(new URL(named))) return { apiUrl: named, local: undefined };
  const local = await readOutputs(localFolder(environment));
  const apiUrl = named || local?.apiUrl;
  if (!apiUrl) {
    throw new CliError(
      'There is no registry to talk to: start the local stack with `npm start`, or name one with --api URL or AGENT_REGISTRY_API.',
    );
  }
  return { apiUrl, local: local?.apiUrl === apiUrl ? local : undefined };
}
