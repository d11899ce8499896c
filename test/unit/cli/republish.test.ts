import { describe, expect, test } from '@jest/globals';
import { writeOutputs } from '../../../bin/local/outputs.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';
import { serverThatAnswers } from './http-server.ts';
import { cliInProcess } from './in-process.ts';

const cli = cliInProcess();
const temporary = temporaryDirectories();

/** Runs `republish` on a local stack whose log is empty, for what it said and what it asked DynamoDB. */
async function republished(...args: string[]) {
  await using server = await serverThatAnswers({ status: 200, body: { Items: [], Count: 0 } });
  const directory = await temporary();
  const endpoint = new URL(server.url).origin;
  const names = { tableName: 'the-table', bucketName: 'the-bucket', busName: 'the-bus' };
  await writeOutputs(directory, { apiUrl: server.url, endpoint, region: 'us-east-1', ...names });
  const ran = await cli(['republish', ...args], { environment: { AGENT_REGISTRY_LOCAL_DIR: directory } });
  return { ...ran, asked: server.requests.map(({ body }) => JSON.parse(body)) };
}

describe('republish', () => {
  test('reads the span in the log of the local stack, and says when it is done', async () => {
    const { code, out, asked } = await republished('--from', '2026-01-01T00:00:00Z', '--to', '2026-01-02');
    expect(code).toBe(0);
    expect(out).toContain('Done: 0 changes from 2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z.\n');
    expect(asked).not.toEqual([]);
    expect(asked[0]).toMatchObject({ TableName: 'the-table' });
  });

  test('goes to now where no end is named', async () => {
    const before = Date.now();
    const { out } = await republished('--from', '2026-01-01');
    const [, end = ''] = / to (\S+)\.\n$/.exec(out) ?? [];
    expect(Date.parse(end)).toBeGreaterThanOrEqual(before);
  });

  test('counts with --json, and says nothing else', async () => {
    expect(JSON.parse((await republished('--json', '--from', '2026-01-01')).out)).toEqual({ published: 0 });
  });

  test('of a stage by half of its names ends with 1', async () => {
    expect(await republished('--from', '2026-01-01', '--table', 't')).toMatchObject({
      code: 1,
      err: 'Name the stage by the outputs of its stack: --bus BusName.\n',
      asked: [],
    });
  });
});
