import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../bin/local/aws-environment.ts';
import { readOutputs } from '../../bin/local/outputs.ts';
import { freePort, isPortFree } from '../../bin/local/port.ts';
import { eventually } from '../support/eventually.ts';
import { dynamoDbLocalEndpoint, localStack } from '../support/local-stack.ts';
import { NpmStart } from '../support/npm-start.ts';
import { stillRunning } from '../support/processes.ts';
import { temporaryDirectories } from '../support/temporary-directory.ts';

const temporary = temporaryDirectories();
const READY = 'Ctrl-C stops it.';
const MINUTES = 60_000;

const started: NpmStart[] = [];
afterAll(async () => {
  for (const one of started) one.process.kill('SIGTERM');
  await Promise.all(started.map((one) => one.ends()));
});

function npmStart(...parameters: ConstructorParameters<typeof NpmStart>): NpmStart {
  const one = new NpmStart(...parameters);
  started.push(one);
  return one;
}

/** Where a stack of its own lives, beside the one that the other tests use. */
async function placeOfItsOwn() {
  const directory = await temporary();
  const port = await freePort();
  const environment = { AGENT_REGISTRY_LOCAL_DIR: directory, AGENT_REGISTRY_PORT: String(port) };
  return { directory, port, environment };
}

async function nothingStays(family: readonly number[], port: number): Promise<void> {
  await eventually(async () => expect(await stillRunning(family)).toEqual([]));
  expect(await isPortFree(port)).toBe(true);
}

const otherAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);

const answers = (address: string, port: string): Promise<boolean> =>
  fetch(`http://${address}:${port}`).then(
    () => true,
    () => false,
  );

/** Runs `npm run -s cli -- import` in a subfolder of the project, for what became of the files. */
async function verdictsOfImport(path: string, environment: NodeJS.ProcessEnv): Promise<Set<string>> {
  const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'cli', '--', '--json', 'import', path], {
    cwd: join(PROJECT, 'test'),
    env: { ...process.env, ...environment },
  });
  return new Set((JSON.parse(stdout) as { verdict: string }[]).map(({ verdict }) => verdict));
}

/** The program itself, as `npm start` runs it: what signals and `kill -9` hit without npm between. */
const PROGRAM = [process.execPath, ['bin/local.ts']] as const;

describe('npm start', () => {
  test(
    'GIVEN a stack that was killed by force WHEN it is started again THEN it works, refuses a second one, and stops cleanly',
    async () => {
      const { directory, port, environment } = await placeOfItsOwn();

      const killed = npmStart(environment, ...PROGRAM);
      await killed.says(READY);
      const orphans = await killed.family();
      killed.process.kill('SIGKILL');
      await nothingStays(orphans, port);

      const stack = npmStart(environment);
      const said = await stack.says(READY);
      const outputs = await readOutputs(directory);
      expect(said).toContain(`${outputs?.apiUrl}\n`);
      const list = await fetch(`${outputs?.apiUrl}/registry/agents?limit=500`);
      const { agents } = (await list.json()) as { agents: { id: string }[] };
      const examples = globSync('*/manifest.json', { cwd: join(PROJECT, 'manifests') }).map((file) => dirname(file));
      expect(examples.length).toBeGreaterThanOrEqual(10);
      expect(agents.map(({ id }) => id)).toEqual(expect.arrayContaining(examples));

      for (const manifests of ['../manifests', join(PROJECT, 'manifests')]) {
        expect(await verdictsOfImport(manifests, environment)).toEqual(new Set(['same', 'skipped']));
      }

      const second = npmStart(environment, ...PROGRAM);
      expect(await second.ends()).toBe(1);
      expect(await second.output).toBe(
        `Port ${port} of 127.0.0.1 is taken, perhaps by a local stack that runs already. Set AGENT_REGISTRY_PORT to start on another one.\n`,
      );
      expect((await fetch(`${outputs?.apiUrl}/health`)).status).toBe(200);

      const family = await stack.family();
      expect(family.length).toBeGreaterThan(3);
      stack.process.kill('SIGTERM');
      await stack.ends();
      await nothingStays(family, port);
      expect(await readOutputs(directory)).toBeUndefined();
    },
    5 * MINUTES,
  );

  test('GIVEN a start WHEN it is interrupted half way THEN it says so and nothing stays', async () => {
    const { port, environment } = await placeOfItsOwn();
    const stack = npmStart(environment, ...PROGRAM);
    await stack.says('AWS emulator');
    const family = await stack.family();
    stack.process.kill('SIGINT');
    expect(await stack.ends()).toBe(1);
    expect(await stack.output).toMatch(/\nStopped before it was ready\.\n$/);
    await nothingStays(family, port);
  }, 60_000);

  test('GIVEN the stacks of this test run THEN they answer on the loopback interface alone', async () => {
    const ports = [localStack().endpoint, dynamoDbLocalEndpoint()].flatMap((url) => (url ? [new URL(url).port] : []));
    for (const port of ports) {
      expect(await answers('127.0.0.1', port)).toBe(true);
      for (const address of otherAddresses()) expect(await answers(address, port)).toBe(false);
    }
  });

  test('GIVEN no Python WHEN it is started THEN it says in one sentence what to install', async () => {
    const { directory, environment } = await placeOfItsOwn();
    const stack = npmStart({ ...environment, PATH: join(directory, 'nothing-here') }, ...PROGRAM);
    expect(await stack.ends()).toBe(1);
    expect(await stack.output).toBe(
      'The local stack needs Python 3.10 or newer on the PATH (found none). Install it and start again.\n',
    );
  });
});
