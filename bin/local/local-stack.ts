import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT, REGION } from './aws-environment.ts';
import { bootstrap, deploy, synthesise } from './deploy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { LocalStackError } from './local-stack-error.ts';
import { type LocalOutputs, localOutputs, removeOutputs, writeOutputs } from './outputs.ts';
import { isPortFree } from './port.ts';
import { type OnProgress, tracked } from './progress.ts';
import { findPython, type Python, preparePython } from './python.ts';
import type { StageSettings } from './stage-settings.ts';
import { startTogether } from './start-together.ts';

export type LocalStackOptions = {
  readonly port: number;
  /** Gets `outputs.json`, and a directory named after the port for the stack's own one, logs and temporary files. */
  readonly directory: string;
  /** @default - those that every stage has */
  readonly settings?: StageSettings;
  /** Ends the start early; everything started so far is stopped. @default the start is not interrupted */
  readonly signal?: AbortSignal;
  readonly onProgress: OnProgress;
};

export type LocalStack = {
  readonly outputs: LocalOutputs;
  /** What the emulator says. */
  readonly logFile: string;
  /** Resolves when the emulator ends, whether it was asked to or not. */
  readonly exited: Promise<number>;
  /** Stops everything; no process and no `outputs.json` of this stack stays behind. */
  stop(): Promise<void>;
};

/** What every stack of a checkout shares: the emulator's installation. */
const CACHE = join(PROJECT, '.local');

type Start = LocalStackOptions & {
  readonly signal: AbortSignal;
  readonly systemPython: Python;
  /** What no other running stack writes to. */
  readonly work: string;
};

async function startPreparedEmulator({
  port,
  work: directory,
  systemPython,
  signal,
  onProgress,
}: Start): Promise<Emulator> {
  const python = await tracked('Python environment', onProgress, () =>
    preparePython(systemPython, CACHE, join(directory, 'python.log'), signal),
  );
  const emulator = await tracked('AWS emulator', onProgress, () => startEmulator({ python, port, directory, signal }));
  try {
    await tracked('Bootstrap', onProgress, () => bootstrap(emulator.endpoint, { directory, signal }));
    return emulator;
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

/** Starts the emulator while the templates are built. */
async function startAndSynthesise(options: Start): Promise<Emulator> {
  const { settings = {}, work: directory, onProgress } = options;
  const [emulator] = await startTogether<[Emulator, undefined]>(options.signal, [
    (signal) => startPreparedEmulator({ ...options, signal }),
    (signal) => tracked('Templates and functions', onProgress, () => synthesise(settings, { directory, signal })),
  ]);
  return emulator;
}

async function deployInto(emulator: Emulator, options: Start): Promise<LocalStack> {
  const { directory, work, signal, onProgress } = options;
  const deployed = await tracked('Deployment', onProgress, () =>
    deploy(emulator.endpoint, { directory: work, signal }),
  );
  const outputs = localOutputs(deployed, emulator.endpoint, REGION);
  await writeOutputs(directory, outputs);
  return {
    outputs,
    logFile: emulator.logFile,
    exited: emulator.exited,
    async stop() {
      try {
        await removeOutputs(directory, outputs);
      } finally {
        await emulator.stop();
      }
    },
  };
}

/**
 * Starts the registry on this machine: the emulator, and in it the same stacks as in the cloud.
 *
 * @throws LocalStackError that says in plain words what is missing or went wrong.
 * @throws the signal's reason, when that ended the start. In both cases nothing stays behind.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { port, directory, signal = new AbortController().signal } = options;
  if (!(await isPortFree(port))) {
    throw new LocalStackError(
      `Port ${port} of 127.0.0.1 is taken, perhaps by a local stack that runs already. ` +
        'Set AGENT_REGISTRY_PORT to start on another one.',
    );
  }
  const systemPython = await findPython();
  const work = join(directory, String(port));
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const start = { ...options, signal, systemPython, work };
  const emulator = await startAndSynthesise(start);
  try {
    return await deployInto(emulator, start);
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}
