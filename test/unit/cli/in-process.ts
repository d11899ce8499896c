import { runCli } from '../../../bin/cli/run-cli.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly environment?: NodeJS.ProcessEnv;
  readonly isTTY?: boolean;
}

/** Runs commands in this process, where no local stack announces itself unless the environment says so. */
export function cliInProcess(): (args: readonly string[], surroundings?: Surroundings) => Promise<Ran> {
  const temporary = temporaryDirectories();
  return async (args, { environment = {}, isTTY = false } = {}) => {
    const written = { out: '', err: '' };
    const stream = (name: 'out' | 'err') => ({
      isTTY,
      write: (text: string | Uint8Array) => {
        written[name] += text;
        return true;
      },
    });
    const code = await runCli(args, {
      stdout: stream('out'),
      stderr: stream('err'),
      environment: { AGENT_REGISTRY_LOCAL_DIR: await temporary(), ...environment },
    });
    return { code, ...written };
  };
}
