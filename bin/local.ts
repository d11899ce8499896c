/**
 * The local stack, `npm start`: the whole registry on this machine, in the foreground, without an AWS account.
 *
 * `AGENT_REGISTRY_PORT` moves it from port 4566, `AGENT_REGISTRY_LOCAL_DIR` from `.local`. The stage's `-c allowedHosts=`,
 * `checkedFunctions` and `checkedServices` are `AGENT_REGISTRY_ALLOWED_HOSTS`, `AGENT_REGISTRY_CHECKED_FUNCTIONS` and
 * `AGENT_REGISTRY_CHECKED_SERVICES`.
 */
import { join } from 'node:path';
import pc from 'picocolors';
import { PROJECT } from './local/aws-environment.ts';
import { type LocalStack, startLocalStack } from './local/local-stack.ts';
import { LocalStackError } from './local/local-stack-error.ts';
import { progressOnTerminal, tracked } from './local/progress.ts';
import { seedManifests } from './local/seed.ts';
import { stageSettings } from './local/stage-settings.ts';
import { stopRequest } from './local/stop-request.ts';

function portFrom(environment: NodeJS.ProcessEnv): number {
  const port = Number(environment.AGENT_REGISTRY_PORT ?? '4566');
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new LocalStackError(`AGENT_REGISTRY_PORT must be a port number, not ${environment.AGENT_REGISTRY_PORT}.`);
}

/** Colours for people at a terminal. Left to itself the library also colours what continuous integration writes. */
const coloursOf = (stream: NodeJS.WriteStream) => pc.createColors(stream.isTTY === true && !process.env.NO_COLOR);

function welcome({ outputs }: LocalStack): string {
  const commands = ['list', 'search --capability scheduling', 'get calendar'];
  const colours = coloursOf(process.stdout);
  return [
    '',
    `The registry answers at ${colours.bold(outputs.apiUrl)}`,
    'Try in another terminal:',
    ...commands.map((command) => `  ${colours.cyan(`npm run -s cli -- ${command}`)}`),
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

/** Resolves when a stop is asked for. */
async function untilStopped(stack: LocalStack, signal: AbortSignal): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  await Promise.race([asked, stack.exited]);
  if (!signal.aborted) throw new LocalStackError(`The emulator ended by itself; ${stack.logFile} may say why.`);
}

async function main(): Promise<void> {
  const signal = stopRequest(process);
  const onProgress = progressOnTerminal(process.stdout);
  const directory = process.env.AGENT_REGISTRY_LOCAL_DIR ?? join(PROJECT, '.local');
  const settings = stageSettings(process.env);
  const stack = await startLocalStack({ port: portFrom(process.env), directory, settings, signal, onProgress });
  try {
    const manifests = join(PROJECT, 'manifests');
    await tracked('Example agents', onProgress, () => seedManifests({ outputs: stack.outputs, manifests, signal }));
    console.log(welcome(stack));
    await untilStopped(stack, signal);
  } finally {
    await stack.stop();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof LocalStackError)) throw error;
  console.error(coloursOf(process.stderr).red(error.message));
  process.exitCode = 1;
}
