import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalStackError } from './local-stack-error.ts';
import { answers } from './until-answers.ts';

/** What callers need to know of a running local stack; `npm start` writes it to `.local/outputs.json`. */
export type LocalOutputs = {
  /** Where the registry's API answers, without a trailing slash: `http://127.0.0.1:4566/_aws/execute-api/a1b2c3d4`. */
  readonly apiUrl: string;
  /** Endpoint of every AWS service of the emulator, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly region: string;
  readonly tableName: string;
  readonly bucketName: string;
  readonly busName: string;
};

/** What `cdk deploy --outputs-file` writes: outputs by name, by stack. */
export type DeployedOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

const NAMES = ['apiUrl', 'endpoint', 'region', 'tableName', 'bucketName', 'busName'] as const;

const fileIn = (directory: string): string => join(directory, 'outputs.json');

/** Each running stack has a file of its own, below its port; `outputs.json` itself is that of the last one. */
const ownFileIn = (directory: string, { endpoint }: LocalOutputs): string =>
  fileIn(join(directory, new URL(endpoint).port));

/**
 * Picks the registry's outputs out of those of all stacks.
 *
 * The host that the emulator names for an API, `ID.execute-api.localhost`, resolves in few clients, so the URL takes
 * the emulator's path form; an API on the `$default` stage needs no stage in it.
 *
 * @throws LocalStackError when the template lacks an output.
 */
export function localOutputs(deployed: DeployedOutputs, endpoint: string, region: string): LocalOutputs {
  const all = Object.assign({}, ...Object.values(deployed)) as Record<string, string>;
  const output = (name: string): string => {
    const value = all[name];
    if (value === undefined) throw new LocalStackError(`The deployed stacks have no output named ${name}.`);
    return value;
  };
  const apiId = /^\w+:\/\/([a-z0-9]+)\./.exec(output('ApiUrl'))?.[1];
  if (apiId === undefined) throw new LocalStackError(`ApiUrl is no address of an API: ${output('ApiUrl')}`);
  return {
    apiUrl: `${endpoint}/_aws/execute-api/${apiId}`,
    endpoint,
    region,
    tableName: output('TableName'),
    bucketName: output('BucketName'),
    busName: output('BusName'),
  };
}

function parseOutputs(text: string): LocalOutputs {
  const outputs = JSON.parse(text) as LocalOutputs;
  const missing = NAMES.find((name) => typeof outputs?.[name] !== 'string');
  if (missing) throw new TypeError(`it has no ${missing}`);
  return outputs;
}

async function outputsAt(file: string): Promise<LocalOutputs | undefined> {
  try {
    return parseOutputs(await readFile(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new LocalStackError(`${file} is broken (${message}). Delete it, or start the local stack again.`, {
      cause: error,
    });
  }
}

/**
 * The outputs of the stack that runs in `directory`, of the one that was started last if there are several, or undefined
 * when none does.
 *
 * @throws LocalStackError when its announcement cannot be understood.
 */
export const readOutputs = (directory: string): Promise<LocalOutputs | undefined> => outputsAt(fileIn(directory));

/** Whoever reads meanwhile finds the old file or the new one, never half of one. */
async function write(file: string, outputs: LocalOutputs): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(outputs, null, 2)}\n`);
  await rename(unfinished, file);
}

/** Announces a running stack. */
export async function writeOutputs(directory: string, outputs: LocalOutputs): Promise<void> {
  await write(ownFileIn(directory, outputs), outputs);
  await write(fileIn(directory), outputs);
}

/** Of the stacks that still run, the one that was started last. A stack that was killed has left its file. */
async function lastRunning(directory: string): Promise<LocalOutputs | undefined> {
  const files = (await readdir(directory)).map((name) => fileIn(join(directory, name)));
  const stats = await Promise.all(
    files.map(async (file) => ({ file, stats: await stat(file).catch(() => undefined) })),
  );
  for (const { file } of stats.sort((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0))) {
    const outputs = await outputsAt(file).catch(() => undefined);
    if (outputs && (await answers(outputs.endpoint))) return outputs;
  }
  return undefined;
}

/** Whether `outputs.json` speaks of no stack that has announced itself, or cannot be understood. */
async function isStale(directory: string): Promise<boolean> {
  try {
    const outputs = await readOutputs(directory);
    return outputs !== undefined && !existsSync(ownFileIn(directory, outputs));
  } catch {
    return true;
  }
}

/** Takes a stack's announcement back. Where it was the last one, another that still runs takes its place. */
export async function removeOutputs(directory: string, outputs: LocalOutputs): Promise<void> {
  await rm(ownFileIn(directory, outputs), { force: true });
  // The one that takes the place may be stopped at the same moment, by another process.
  while (await isStale(directory)) {
    const other = await lastRunning(directory);
    if (other) await write(fileIn(directory), other);
    else await rm(fileIn(directory), { force: true });
  }
}
