import type { ApiClient } from './api-client.ts';
import type { Output } from './output.ts';
import type { RegistryLocation } from './registry-location.ts';

/** What every command works with. */
export interface CommandContext {
  /** `--json`: print what programs read. */
  readonly json: boolean;
  readonly output: Output;
  /** Where relative paths start that the user gives. */
  readonly folder: string;
  /** Where commands keep what they must know the next time. */
  readonly localFolder: string;
  /** Looked for only when asked, because some commands can do without. Throws CliError where there is none. */
  location(): Promise<RegistryLocation>;
  /** A client of the registry at that location. Throws CliError where there is none. */
  client(): Promise<ApiClient>;
}

/** Makes the context when a command runs, after the options are known. */
export type OpenContext = () => CommandContext;

/** The path of one agent. */
export const agentPath = (id: string): string => `/registry/agents/${encodeURIComponent(id)}`;
