import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeOutputs } from '../../bin/local/outputs.ts';
import type { AgentLayers } from '../../lambdas/agents/agent-layers-schema.ts';
import { call, unique } from '../support/api.ts';
import { COMMAND_LINE, type Ran, runCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { type Files, filesIn } from '../support/files.ts';
import { localStack } from '../support/local-stack.ts';
import { startProxy } from '../support/proxy.ts';
import { temporaryDirectories } from '../support/temporary-directory.ts';

jest.setTimeout(120_000);

const temporary = temporaryDirectories();
let local: string;
beforeAll(async () => {
  local = join(await temporary(), '.local');
  await writeOutputs(local, localStack());
});

const environment = () => ({ AGENT_REGISTRY_LOCAL_DIR: local });
const cli = (...args: string[]): Promise<Ran> => runCommandLine(args, environment());

const agent = (name: string, more = '') => `---\nname: ${name}\ndescription: Does ${name}.\n${more}---\nBe ${name}.`;

/** A folder of its own, and names that no other test uses. */
async function aFolder(): Promise<Files & { readonly name: (word: string) => string }> {
  const suffix = unique('of');
  return { ...filesIn(await realpath(await temporary())), name: (word) => `${word}-${suffix}` };
}

const statusOf = async (id: string) => (await call('GET', `/registry/agents/${id}`)).status;

test('a folder’s agents are the layer filesystem, under what calls say; what they said comes back when the file goes', async () => {
  const { folder, name, write, remove } = await aFolder();
  const id = name('cook');
  await write('a.md', agent(id, 'color: red\npriority: 3\n'));
  for (const other of ['b', 'c', 'd', 'e', 'f']) await write(`${other}.md`, agent(name(other)));
  expect(await cli('sync', folder)).toMatchObject({ code: 0, out: expect.stringContaining('6 files: 6 added\n') });
  await call('PUT', `/registry/agents/${id}`, { name: id, config: { priority: 9 } });

  const { body } = await call<AgentLayers>('GET', `/registry/agents/${id}/layers`);
  expect(body.layers.map(({ source, origin }) => [source, origin])).toEqual([
    ['filesystem', `${folder}/a.md`],
    ['dynamodb', null],
  ]);
  expect(body.provenance).toMatchObject({ 'config.priority': 'dynamodb', 'config.color': 'filesystem' });

  await remove('a.md');
  expect(await cli('sync', folder)).toMatchObject({
    code: 0,
    out: expect.stringContaining(`removed    ${folder}/a.md ${id}\n`),
  });
  const { body: left } = await call<{ config: object }>('GET', `/registry/agents/${id}`);
  expect(left.config).toEqual({ priority: 9 });
});

test('what the registry refuses is told, and a dry run tells what would be done', async () => {
  const { folder, name, write } = await aFolder();
  const [one, another] = [name('one'), name('another')];
  const depending = (id: string, on: string) => ({ id, name: id, dependencies: { agents: [on] } });
  await write('one.json', depending(one, another));
  await cli('sync', folder);
  await write('another.json', depending(another, one));
  const dry = await cli('sync', '--dry-run', folder);
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining(`+ ${another}  ${folder}/another.json\n`) });
  expect(await statusOf(another)).toBe(404);
  const { code, out } = await cli('sync', folder);
  expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/^refused .*another\.json: .*circle/m) });
  expect(await statusOf(another)).toBe(404);
});

describe('sync --watch', () => {
  let watcher: ChildProcess | undefined;
  afterEach(() => {
    watcher?.kill('SIGKILL');
  });

  /** Watches a folder, and keeps every line that is said as `verdict id path`. */
  async function watching({ folder }: Files, ...options: string[]) {
    const args = [COMMAND_LINE, '--json', ...options, 'sync', folder, '--watch'];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, AGENT_REGISTRY_API: '', ...environment() },
    });
    watcher = child;
    const said: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { verdict, id = '', path = '' } = JSON.parse(line) as { verdict: string; id?: string; path?: string };
      said.push([verdict, id, path.slice(folder.length + 1)].join(' '));
    });
    const says = (...lines: string[]) => eventually(async () => expect(said).toEqual(expect.arrayContaining(lines)));
    return { child, said, says };
  }

  test('follows files that are created, changed, moved and deleted, until Ctrl-C', async () => {
    const files = await aFolder();
    const { name, write, move, remove } = files;
    const [cook, mate, ...others] = ['cook', 'mate', 'p', 'q', 'r', 's'].map(name) as [string, string, ...string[]];
    for (const other of others) await write(`${other}.md`, agent(other));
    const { child, said, says } = await watching(files);
    await says(...others.map((other) => `added ${other} ${other}.md`));

    await write('deep/er/cook.md', agent(cook));
    await write('mate.json', { id: mate, name: mate });
    await says(`added ${cook} deep/er/cook.md`, `added ${mate} mate.json`);
    await write('deep/er/cook.md', agent(cook, 'color: red\n'));
    await says(`updated ${cook} deep/er/cook.md`);
    await move('deep/er/cook.md', 'galley/cook.md');
    await says(`moved ${cook} galley/cook.md`);
    expect((await call<{ filePath: string }>('GET', `/registry/agents/${cook}`)).body.filePath).toBe(
      `${files.folder}/galley/cook.md`,
    );
    await remove('mate.json');
    await says(`removed ${mate} mate.json`);
    expect(await statusOf(mate)).toBe(404);
    await write('bad.json', '{');
    await says('refused  bad.json');

    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    // Each was told once, although the whole folder was looked at each time.
    expect(said).toHaveLength(new Set(said).size);
  });

  test('waits for a registry that is away, says so once, and goes on', async () => {
    const files = await aFolder();
    const { name, write } = files;
    const { apiUrl } = localStack();
    const proxy = await startProxy(new URL(apiUrl).origin);
    let asked = 0;
    proxy.meddle(async (_incoming, _forward, response) => {
      asked += 1;
      response.writeHead(503, { 'retry-after': '0' }).end('{"message":"away"}');
    });
    try {
      await write('cook.md', agent(name('cook')));
      const { said, says } = await watching(files, '--api', proxy.url + new URL(apiUrl).pathname);
      await says('waiting  ');
      const before = asked;
      await eventually(async () => expect(asked).toBeGreaterThan(before));
      proxy.meddle(async (_incoming, forward, response) => {
        const { status, headers, body } = await forward();
        response.writeHead(status, headers).end(body);
      });
      await says(`added ${name('cook')} cook.md`, 'resumed  ');
      expect(said).toEqual(['waiting  ', `added ${name('cook')} cook.md`, 'resumed  ']);
    } finally {
      await proxy.close();
    }
  });
});
