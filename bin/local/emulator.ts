import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awsEnvironment, PATH, REGION } from './aws-environment.ts';
import { LOOPBACK } from './port.ts';
import { startGroup } from './process-group.ts';
import { untilAnswers } from './until-answers.ts';

export type Emulator = {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly logFile: string;
  /** Resolves when the emulator ends, whether it was asked to or not. */
  readonly exited: Promise<number>;
  /** Ends the emulator and its Lambda workers. */
  stop(): Promise<void>;
};

export type EmulatorOptions = {
  /** Python that has MiniStack installed. */
  readonly python: string;
  readonly port: number;
  /** An empty directory, for the log and everything temporary. */
  readonly directory: string;
  readonly signal: AbortSignal;
};

/**
 * Every setting that MiniStack reads differs from its default for a reason: it would listen on all interfaces, open an
 * MQTT port beside its own, and bound concurrent calls by the machine's memory, where each is a Node process of about
 * 70 MB. Nothing of the caller's environment gets in, since MiniStack hands its own on to every function.
 */
export function emulatorEnvironment(endpoint: string, port: number, temporary: string): NodeJS.ProcessEnv {
  return {
    ...awsEnvironment(endpoint),
    PATH,
    HOME: process.env.HOME,
    LANG: 'C.UTF-8',
    TMPDIR: temporary,
    PYTHONUNBUFFERED: '1',
    BIND_HOST: LOOPBACK,
    GATEWAY_PORT: String(port),
    IOT_MTLS_ENABLED: '0',
    // 64 callers at once, and room for the stream and the pollers beside them; past it callers get 429, as on AWS.
    LAMBDA_ACCOUNT_CONCURRENCY: '80',
    MINISTACK_REGION: REGION,
  };
}

/**
 * MiniStack unpacks the functions here. Within this checkout, Node would take their `.js` files for ES modules by the
 * checkout's package.json; a package.json of their own makes them what they are on AWS.
 */
async function temporaryIn(directory: string): Promise<string> {
  const temporary = join(directory, 'tmp');
  await mkdir(temporary);
  await writeFile(join(temporary, 'package.json'), '{}');
  return temporary;
}

/**
 * Starts MiniStack on the loopback interface and waits until it answers.
 *
 * @throws LocalStackError when it ends or keeps silent, with everything stopped again.
 */
export async function startEmulator({ python, port, directory, signal }: EmulatorOptions): Promise<Emulator> {
  const endpoint = `http://${LOOPBACK}:${port}`;
  const logFile = join(directory, 'ministack.log');
  const temporary = await temporaryIn(directory);
  const group = await startGroup(python, ['-m', 'ministack'], {
    environment: emulatorEnvironment(endpoint, port, temporary),
    logFile,
  });
  await untilAnswers({ name: 'The emulator', url: `${endpoint}/_ministack/health`, group, logFile, signal });
  return {
    endpoint,
    logFile,
    exited: group.exited,
    async stop() {
      await group.stop();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}
