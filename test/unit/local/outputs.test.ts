import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LocalStackError } from '../../../bin/local/local-stack-error.ts';
import { localOutputs, readOutputs, removeOutputs, writeOutputs } from '../../../bin/local/outputs.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();
const ENDPOINT = 'http://127.0.0.1:4566';

const deployed = {
  'x-storage': { ExportsOutputRefTable: 'table', TableName: 'table' },
  x: { ApiUrl: 'http://a1b2c3d4.execute-api.localhost:4566', BucketName: 'bucket', BusName: 'bus' },
};
const outputs = localOutputs(deployed, ENDPOINT, 'us-east-1');

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
    const other = { ...outputs, apiUrl: 'http://127.0.0.1:4567/_aws/execute-api/e5' };
    await writeOutputs(directory, other);
    await removeOutputs(directory, outputs);
    expect(await readOutputs(directory)).toEqual(other);
  });

  test('that cannot be understood is an error, not the absence of a stack', async () => {
    const directory = await temporary();
    await writeFile(join(directory, 'outputs.json'), '{');
    await expect(readOutputs(directory)).rejects.toThrow(SyntaxError);
  });
});
