import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { LocalStackError } from '../local/local-stack-error.ts';
import { createApiClient } from './api-client.ts';
import { ApiProblemError } from './api-problem-error.ts';
import { addChanges } from './changes.ts';
import { CliError } from './cli-error.ts';
import type { OpenContext } from './command-context.ts';
import { addDeregister } from './deregister.ts';
import { userFolder } from './file-path.ts';
import { addGet } from './get.ts';
import { addHealth } from './health.ts';
import { addImport } from './import.ts';
import { addList } from './list.ts';
import { addManifests } from './manifests.ts';
import { Output, type Stream } from './output.ts';
import { addRebuildIndex } from './rebuild-index.ts';
import { addRegister } from './register.ts';
import { isHttpAddress, localFolder, locateRegistry } from './registry-location.ts';
import { addReload } from './reload.ts';
import { addRepublish } from './republish.ts';
import { addSearch } from './search.ts';
import { addStats } from './stats.ts';
import { addSync } from './sync.ts';
import { UnreachableError } from './unreachable-error.ts';
import { addUpdate } from './update.ts';
import { addValidate } from './validate.ts';

/** The commands, in the order in which help shows them. */
const COMMANDS = [
  addValidate,
  addRegister,
  addImport,
  addSync,
  addList,
  addGet,
  addSearch,
  addUpdate,
  addDeregister,
  addStats,
  addHealth,
  addChanges,
  addManifests,
  addReload,
  addRepublish,
  addRebuildIndex,
];

/** Exit codes (CONTRACT.md, "Command line"). */
const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** Failures whose message tells all. */
const PLAIN = [CliError, LocalStackError, UnreachableError];

/** What the command line is run in. */
export interface Surroundings {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: NodeJS.ProcessEnv;
}

function address(text: string): string {
  if (isHttpAddress(text)) return text;
  throw new InvalidArgumentError('It is not an http address.');
}

function createProgram({ stdout, stderr, environment }: Surroundings): Command {
  const program = new Command('agent-registry')
    .description('Register, import, find and change the agents of a registry')
    .option('--api <url>', 'the registry (default: AGENT_REGISTRY_API, else the local stack)', address)
    .option('--json', 'print JSON, for programs')
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showSuggestionAfterError()
    .exitOverride();
  const open: OpenContext = () => {
    const { api, json = false } = program.opts<{ api?: string; json?: boolean }>();
    const location = () => locateRegistry(api, environment);
    return {
      json,
      output: new Output(stdout, environment),
      folder: userFolder(environment),
      localFolder: localFolder(environment),
      location,
      client: async () => createApiClient({ baseUrl: (await location()).apiUrl }),
    };
  };
  for (const add of COMMANDS) add(program, open);
  return program;
}

/** An expected failure in plain sentences; anything else is a fault of ours, with its stack. */
function explain(error: unknown): string {
  if (error instanceof ApiProblemError) return error.explain();
  if (PLAIN.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Runs one command.
 *
 * @param args without the program's own name
 * @returns the exit code: 0 done, 1 something failed, 2 wrong usage
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    await createProgram(surroundings).parseAsync(args, { from: 'user' });
    return DONE;
  } catch (error) {
    // Commander has told what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    const { colours } = new Output(surroundings.stderr, surroundings.environment);
    surroundings.stderr.write(`${colours.red(explain(error))}\n`);
    return FAILED;
  }
}
