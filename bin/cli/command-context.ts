import type { ApiClient } from './api-client.ts';
import type { Output } from './output.ts';
import type { RegistryLocation } from './registry-location.ts';

/** What every command works with. */
export interface CommandContext {
  readonly client: ApiClient;
  readonly location: RegistryLocation;
  /** `--json`: print what programs read. */
  readonly json: boolean;
  readonly output: Output;
}

/** Makes the context when a command runs, after the options are known. Throws CliError where there is no registry. */
export type OpenContext = () => Promise<CommandContext>;

/** The path of one agent. */
export const agentPath = (id: string): string => `/registry/agents/${encodeURIComponent(id)}`;
