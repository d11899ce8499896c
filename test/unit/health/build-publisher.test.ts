import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { PROJECT } from '../../../bin/local/aws-environment.ts';
import { buildPublisher } from '../../../bin/publisher/build-publisher.ts';

jest.setTimeout(120_000);

const run = promisify(execFile);

/** As strict as a user can be, who has nothing of ours but the types of Node. */
const COMPILER = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
  ...{ module: 'nodenext', target: 'es2023', lib: ['es2024'], noEmit: true },
  ...{ types: ['node'], typeRoots: [join(PROJECT, 'node_modules/@types')] },
};

const AGENT = `
import {
  type BeatOutcome, type BeatWriter, beatsToApi, beatsToTable, type Finding, type HeartbeatPayload, HeartbeatPublisher,
  type HeartbeatPublisherProps, HeartbeatRefusedError, HttpBeatWriter, processMetrics,
} from 'heartbeat-publisher';

const writers: readonly BeatWriter[] = [
  beatsToTable({ table: 'the-table' }),
  beatsToApi('http://127.0.0.1:1'),
  new HttpBeatWriter({
    apiUrl: 'http://127.0.0.1:1',
    authorise: async ({ headers }) => ({ ...headers, authorization: 'Bearer token' }),
  }),
];
const written: HeartbeatPayload[] = [];
const writer: BeatWriter = {
  async write(heartbeat): Promise<BeatOutcome> {
    written.push(heartbeat);
    throw new HeartbeatRefusedError(403, 'not you');
  },
};
const finding: Finding = { metrics: { ...processMetrics(2 ** 30)(), state: 'fine' } };
const props: HeartbeatPublisherProps = { agentId: 'a', agentType: 'core', writer, collect: () => finding };
const publisher = new HeartbeatPublisher(props);
publisher.on('beat', ({ expiresAt }) => console.log(expiresAt.length));
publisher.on('failed', (error) => {
  if (error instanceof HeartbeatRefusedError) console.log(error.status, writers.length, written[0]?.status);
});
await publisher.beat();
`;

describe('the library that is built', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heartbeat-publisher-'));
    await buildPublisher(join(folder, 'built'));
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--install-links', './built'], {
      cwd: folder,
    });
    await writeFile(join(folder, 'agent.ts'), AGENT);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER, files: ['agent.ts'] }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is installed by its name, and does its work where nothing else is', async () => {
    const { stdout } = await run(process.execPath, ['agent.ts'], { cwd: folder });
    expect(stdout.trim()).toBe('403 3 healthy');
  });

  test('has types that the strictest compiler takes, libraries and all', async () => {
    const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '--project', folder]).catch((error) => error);
    expect(stdout).toBe('');
  });
});
