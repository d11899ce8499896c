import { describe, expect, test } from '@jest/globals';
import { stageOf } from '../../../bin/cli/stage.ts';
import type { LocalOutputs } from '../../../bin/local/outputs.ts';

const LOCAL: LocalOutputs = {
  apiUrl: 'http://127.0.0.1:4566/x',
  endpoint: 'http://127.0.0.1:4566',
  region: 'us-east-1',
  tableName: 'local-table',
  bucketName: 'local-bucket',
  busName: 'local-bus',
};

const at = (local: LocalOutputs | undefined) => ({ location: async () => ({ apiUrl: 'http://x', local }) });
const NOWHERE = {
  location: async () => {
    throw new Error('the registry was looked for');
  },
};

describe('a stage', () => {
  test('is the one that the options name, where there is no registry as well', async () => {
    expect(await stageOf(NOWHERE, { table: 't', bus: 'b' }, ['table', 'bus'])).toEqual({
      table: 't',
      bucket: '',
      bus: 'b',
      aws: {},
    });
  });

  test('is the local stack where they name none', async () => {
    expect(await stageOf(at(LOCAL), {}, ['table', 'bus'])).toMatchObject({
      table: 'local-table',
      bucket: 'local-bucket',
      bus: 'local-bus',
      aws: { endpoint: LOCAL.endpoint, region: 'us-east-1' },
    });
  });

  test.each([
    ['half of it is named, so that no two stages mix', at(LOCAL), { table: 't' }, '--bus BusName'],
    ['half of it is named and there is no registry', NOWHERE, { bus: 'b' }, '--table TableName'],
    ['the registry is not the local stack', at(undefined), {}, '--table TableName --bus BusName'],
  ])('is asked for where %s', async (_, context, options, wanted) => {
    await expect(stageOf(context, options, ['table', 'bus'])).rejects.toThrow(
      `Name the stage by the outputs of its stack: ${wanted}.`,
    );
  });
});
