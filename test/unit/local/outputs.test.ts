import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LocalStackError } from '../../../bin/local/local-stack-error.ts';
import {
  type LocalOutputs,
  localOutputs,
  readOutputs,
  removeOutputs,
  writeOutputs,
} from '../../../bin/local/outputs.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';
import { serverThatAnswers } from '../cli/http-server.ts';

const temporary = temporaryDirectories();
const ENDPOINT = 'http://127.0.0.1:4566';
const OTHER = 'http://127.0.0.1:4567';

const deployed = {
  'x-storage': { ExportsOutputRefTable: 'table', TableName: 'table' },
  x: { ApiUrl: 'http://a1b2c3d4.execute-api.localhost:4566', BucketName: 'bucket', BusName: 'bus' },
};
const outputsOf = (endpoint: string): LocalOutputs => localOutputs(deployed, endpoint, 'us-east-1');
const outputs = outputsOf(ENDPOINT);

/** Announces a stack so many seconds after the epoch. */
async function announced(directory: string, running: LocalOutputs | undefined, seconds: number): Promise<void> {
  if (!running) throw new Error('no stack');
  await writeOutputs(directory, running);
  await utimes(join(directory, new URL(running.endpoint).port, 'outputs.json'), seconds, seconds);
}

describe('the outputs of a deployment', () => {
  test('name the API by a path on the endpoint, and the rest from whichever stack has it', () => {
    expect(outputs).toEqual({
      apiUrl: 'http://127.0.0.1:4566/_aws/execute-api/a1b2c3d4',
      endpoint: ENDPOINT,
      region: 'us-east-1',
      tableName: 'table',
      bucketName: 'bucket',
      busName: 'bus',
    });
  });

  test('that lack one are refused by its name', () => {
    expect(() => localOutputs({ x: { ...deployed.x, ApiUrl: 'http://a1.localhost' } }, ENDPOINT, 'us-east-1')).toThrow(
      new LocalStackError('The deployed stacks have no output named TableName.'),
    );
  });

  test('whose API has no address are refused', () => {
    expect(() => localOutputs({ ...deployed, y: { ApiUrl: 'nowhere' } }, ENDPOINT, 'us-east-1')).toThrow(/nowhere/);
  });
});

describe('outputs.json', () => {
  test('tells what was announced, until it is taken back', async () => {
    const directory = join(await temporary(), 'not-there-yet');
    await writeOutputs(directory, outputs);
    expect(await readOutputs(directory)).toEqual(outputs);
    await removeOutputs(directory, outputs);
    expect(await readOutputs(directory)).toBeUndefined();
  });

  test('stays when another stack has announced itself since', async () => {
    const directory = await temporary();
    await writeOutputs(directory, outputs);
    await writeOutputs(directory, outputsOf(OTHER));
    await removeOutputs(directory, outputs);
    expect(await readOutputs(directory)).toEqual(outputsOf(OTHER));
  });

  test('tells of the last of the others that still run when its own stack ends', async () => {
    const directory = await temporary();
    await using first = await serverThatAnswers({ status: 200 });
    await using second = await serverThatAnswers({ status: 200 });
    await using killed = await serverThatAnswers({ status: 200 });
    const [one, two, three] = [first, second, killed].map(({ url }) => outputsOf(new URL(url).origin));
    for (const [age, running] of [one, two, three].entries()) await announced(directory, running, age);
    await killed[Symbol.asyncDispose]();
    await mkdir(join(directory, 'broken'));
    await writeFile(join(directory, 'broken', 'outputs.json'), '{');
    await writeOutputs(directory, outputs);

    await removeOutputs(directory, outputs);
    expect(await readOutputs(directory)).toEqual(two);
    await removeOutputs(directory, two as LocalOutputs);
    expect(await readOutputs(directory)).toEqual(one);
    await removeOutputs(directory, one as LocalOutputs);
    expect(await readOutputs(directory)).toBeUndefined();
  });

  test('is mended by the stack that ends, where it is broken', async () => {
    const directory = await temporary();
    await writeOutputs(directory, outputs);
    await writeFile(join(directory, 'outputs.json'), '{');
    await removeOutputs(directory, outputs);
    expect(await readOutputs(directory)).toBeUndefined();
  });

  test.each([
    ['breaks off', '{'],
    ['lacks an output', JSON.stringify({ ...outputs, tableName: undefined })],
    ['is nothing', 'null'],
  ])('that %s is told in a plain sentence, not taken for the absence of a stack', async (_, text) => {
    const directory = await temporary();
    await writeFile(join(directory, 'outputs.json'), text);
    const error = await readOutputs(directory).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LocalStackError);
    expect((error as Error).message).toMatch(/outputs\.json is broken \(.+\)\. Delete it/);
  });
});
