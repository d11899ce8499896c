import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStackError } from './local-stack-error.ts';

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

const fileIn = (directory: string): string => join(directory, 'outputs.json');

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

/** The outputs of the stack that runs in `directory`, or undefined when none does. */
export async function readOutputs(directory: string): Promise<LocalOutputs | undefined> {
  try {
    return JSON.parse(await readFile(fileIn(directory), 'utf8')) as LocalOutputs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Announces a running stack: the file exists for as long as the stack runs. */
export async function writeOutputs(directory: string, outputs: LocalOutputs): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(fileIn(directory), `${JSON.stringify(outputs, null, 2)}\n`);
}

/** Takes the announcement back, unless another stack has announced itself in the same directory since. */
export async function removeOutputs(directory: string, outputs: LocalOutputs): Promise<void> {
  if ((await readOutputs(directory))?.apiUrl === outputs.apiUrl) await rm(fileIn(directory), { force: true });
}
