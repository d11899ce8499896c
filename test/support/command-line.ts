import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../../bin/local/aws-environment.ts';

/** The entry of the command line. */
export const COMMAND_LINE = join(PROJECT, 'bin', 'agent-registry.ts');

/** How a command ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as users do: a process of its own. */
export function runCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ran> {
  const env = { ...process.env, AGENT_REGISTRY_API: '', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND_LINE, ...args], { env, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** What a command that must succeed prints with `--json`. */
export async function jsonOf<Result>(
  args: readonly string[],
  run: (...args: string[]) => Promise<Ran>,
): Promise<Result> {
  const { code, out, err } = await run('--json', ...args);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out) as Result;
}
