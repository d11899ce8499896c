import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../bin/local/aws-environment.ts';
import { freePort, LOOPBACK } from '../../bin/local/port.ts';
import { startGroup } from '../../bin/local/process-group.ts';
import { runCommand } from '../../bin/local/run-command.ts';
import { untilAnswers } from '../../bin/local/until-answers.ts';

export type DynamoDbLocal = {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  stop(): Promise<void>;
};

export type DynamoDbLocalOptions = {
  /** Gets the logs. */
  readonly directory: string;
  readonly signal: AbortSignal;
};

const run = promisify(execFile);

const SOURCES = join(import.meta.dirname, 'dynamodb-local');
const CACHE = join(PROJECT, '.local');
/** Named after the version in `pom.xml`. */
const LIBRARIES = join(CACHE, 'dynamodb-local-2.6.1');
const OLDEST_JAVA = 17;

/** Why DynamoDB Local cannot run on this machine, if it can't. */
async function whatIsMissing(): Promise<string | undefined> {
  try {
    const { stderr } = await run('java', ['-version']);
    const version = Number(/version "(\d+)/.exec(stderr)?.[1]);
    if (!(version >= OLDEST_JAVA)) return `it needs Java ${OLDEST_JAVA}, found ${stderr.split('\n')[0]}`;
    if (existsSync(LIBRARIES)) return undefined;
    await run('mvn', ['--version']);
    return undefined;
  } catch (error) {
    return `${(error as { path?: string }).path ?? 'java'} is not on the PATH`;
  }
}

/** Fetches what `pom.xml` names, once; the directory appears only when complete. */
async function fetchLibraries({ directory, signal }: DynamoDbLocalOptions): Promise<void> {
  if (existsSync(LIBRARIES)) return;
  const unfinished = `${LIBRARIES}.${process.pid}`;
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`];
  try {
    await mkdir(CACHE, { recursive: true });
    await runCommand('mvn', ['--quiet', '--batch-mode', '--file', join(SOURCES, 'pom.xml'), ...goal], {
      environment: process.env,
      logFile: join(directory, 'maven.log'),
      signal,
      failure: 'Maven could not fetch DynamoDB Local',
    });
    if (!existsSync(LIBRARIES)) await rename(unfinished, LIBRARIES);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * Starts DynamoDB Local, in memory, on a free port of the loopback interface.
 *
 * @returns undefined, with the reason on standard error, on a machine that lacks Java 17 or Maven.
 */
export async function startDynamoDbLocal({
  directory,
  signal,
}: DynamoDbLocalOptions): Promise<DynamoDbLocal | undefined> {
  const missing = await whatIsMissing();
  if (missing !== undefined) {
    console.error(`Without DynamoDB Local: ${missing}. The tests against it are skipped.`);
    return undefined;
  }
  await fetchLibraries({ directory, signal });
  const port = await freePort();
  const java = [
    `-Djava.library.path=${LIBRARIES}`,
    '-cp',
    join(LIBRARIES, '*'),
    join(SOURCES, 'LoopbackDynamoDb.java'),
  ];
  const logFile = join(directory, 'dynamodb-local.log');
  const group = await startGroup('java', [...java, String(port)], { environment: process.env, logFile });
  const endpoint = `http://${LOOPBACK}:${port}`;
  await untilAnswers({ name: 'DynamoDB Local', url: endpoint, group, logFile, signal });
  return { endpoint, stop: group.stop };
}
