import { mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { filesIn } from '../../support/files.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';
import { cliInProcess } from './in-process.ts';
import { type RegistryServerOptions, registryServer } from './registry-server.ts';

const cli = cliInProcess();
const temporary = temporaryDirectories();

const agent = (name: string, more = '') => `---\nname: ${name}\ndescription: Does ${name}.\n${more}---\nBe ${name}.`;

/** A folder `crew` of these files, and a registry that it is brought into. */
async function aCrew(files: Record<string, string | object> = {}, options: RegistryServerOptions = {}) {
  const registry = await registryServer(options);
  const top = await realpath(await temporary());
  const crew = filesIn(join(top, 'crew'));
  await mkdir(crew.folder);
  for (const [path, content] of Object.entries(files)) await crew.write(path, content);
  let state = join(top, '.local');
  const sync = (...flags: string[]) =>
    cli(['--api', registry.url, 'sync', 'crew', ...flags], {
      environment: { AGENT_REGISTRY_LOCAL_DIR: state, INIT_CWD: top },
    });
  return {
    ...crew,
    top,
    registry,
    sync,
    /** What became of each file, for programs; and how the command ended. */
    async verdicts(...flags: string[]) {
      const { out } = await sync('--json', ...flags);
      return (JSON.parse(out) as { path: string; verdict: string }[]).map(({ path, verdict }) => `${verdict} ${path}`);
    },
    /** From now on it is as on another machine: nothing is known of earlier times. */
    forget() {
      state = join(top, `.local-${Math.random()}`);
    },
    remembered: () => readdir(join(state, 'sync')).catch(() => []),
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  };
}

const TWO = { 'a/cook.md': agent('cook'), 'mate.json': { id: 'mate', name: 'Mate', version: '1.0.0' } };

describe('a sync', () => {
  test('adds the agents of a folder, by their files, and tells each', async () => {
    await using crew = await aCrew({ ...TWO, 'README.md': '# Crew' });
    expect(await crew.sync()).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(
        /^(added +crew\/(a\/cook\.md cook|mate\.json mate)\n){2}3 files: 2 added, 1 no agent\n$/,
      ),
    });
    expect(await crew.registry.ids()).toEqual(['cook', 'mate']);
    expect(await crew.registry.agent('cook')).toMatchObject({ filePath: `${crew.top}/crew/a/cook.md` });
  });

  test('that is repeated writes nothing, and looks at nothing', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    crew.registry.requests.length = 0;
    expect(await crew.sync()).toEqual({ code: 0, err: '', out: '2 files: 2 unchanged\n' });
    expect(crew.registry.requests).toEqual([]);
  });

  test('that knows nothing of earlier ones finds everything as it is', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    crew.forget();
    expect(await crew.verdicts()).toEqual(['unchanged crew/a/cook.md', 'unchanged crew/mate.json']);
    expect(await crew.registry.agent('cook')).toMatchObject({ revision: 1 });
  });

  test('brings what changed, and leaves the rest alone', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    await crew.write('mate.json', { id: 'mate', name: 'Mate', version: '2.0.0' });
    expect(await crew.verdicts()).toEqual(['unchanged crew/a/cook.md', 'updated crew/mate.json']);
    expect(await crew.registry.agent('mate')).toMatchObject({ version: '2.0.0', revision: 2 });
    expect(await crew.registry.agent('cook')).toMatchObject({ revision: 1 });
  });

  test.each([
    ['as it is', agent('cook')],
    ['with other words', agent('cook', 'color: red\n')],
  ])('keeps the agent of a file that moved %s, and updates its path', async (_, content) => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    await crew.move('a/cook.md', 'galley/cook.md');
    await crew.write('galley/cook.md', content);
    const { out } = await crew.sync();
    expect(out).toContain('moved      crew/galley/cook.md cook (was crew/a/cook.md)\n');
    expect(await crew.registry.agent('cook')).toMatchObject({
      revision: 2,
      filePath: `${crew.top}/crew/galley/cook.md`,
    });
    expect(crew.registry.writes.filter((line) => line.startsWith('DELETE'))).toEqual([]);
    expect(await crew.sync()).toMatchObject({ out: '2 files: 2 unchanged\n' });
  });

  test('takes away the agent of a file that went', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    await crew.remove('mate.json');
    expect(await crew.sync()).toMatchObject({
      code: 0,
      out: 'removed    crew/mate.json mate\n2 files: 1 removed, 1 unchanged\n',
    });
    expect(await crew.registry.ids()).toEqual(['cook']);
    expect(await crew.sync()).toMatchObject({ out: '1 file: 1 unchanged\n' });
  });

  test('takes away only what the file said of an agent that a call describes as well', async () => {
    await using crew = await aCrew(TWO);
    const document = { name: 'Mate', capabilities: { core: ['rope'] } };
    await registerAgent(crew.registry.context, {
      actor: 'tester',
      document: { id: 'mate', ...document },
    } as Parameters<typeof registerAgent>[1]);
    await crew.sync();
    expect(await crew.registry.agent('mate')).toMatchObject({ filePath: expect.any(String) });
    await crew.remove('mate.json');
    await crew.sync();
    expect(await crew.registry.agent('mate')).toMatchObject({ capabilities: { core: ['rope'] }, filePath: null });
  });

  test('gives a file that says another name another agent', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    await crew.write('a/cook.md', agent('baker'));
    expect(await crew.verdicts()).toEqual([
      'added crew/a/cook.md',
      'removed crew/a/cook.md',
      'unchanged crew/mate.json',
    ]);
    expect(await crew.registry.ids()).toEqual(['baker', 'mate']);
  });

  test('tells copies apart from agents of the same name', async () => {
    await using crew = await aCrew({
      'a/x.md': agent('cook'),
      'b/x.md': agent('cook'),
      'c/x.md': agent('cook', 'color: red\n'),
    });
    expect(await crew.verdicts()).toEqual(['added crew/a/x.md', 'same crew/b/x.md', 'added crew/c/x.md']);
    expect(await crew.registry.ids()).toEqual(['cook', 'cook-c']);
    await crew.remove('a/x.md');
    expect(await crew.verdicts()).toEqual(['moved crew/b/x.md', 'unchanged crew/c/x.md']);
    expect(await crew.registry.agent('cook')).toMatchObject({ filePath: `${crew.top}/crew/b/x.md` });
    await crew.move('c/x.md', 'd/y.md');
    expect(await crew.verdicts()).toEqual(['unchanged crew/b/x.md', 'moved crew/d/y.md']);
    expect(await crew.registry.ids()).toEqual(['cook', 'cook-c']);
  });

  test('leaves services to the bucket', async () => {
    const server = { name: 'io.example/harbour', version: '1.0.0', description: 'Tides.', packages: [] };
    const $schema = 'https://static.modelcontextprotocol.io/schemas/2025-09-29/server.schema.json';
    await using crew = await aCrew({ 'harbour/server.json': { $schema, ...server } });
    for (const _ of ['the first time', 'and the second']) {
      const { code, out } = await crew.sync();
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/^skipped +crew\/harbour\/server\.json: .*manifests push/),
      });
    }
    expect(crew.registry.writes).toEqual([]);
  });
});

describe('what is refused', () => {
  const BROKEN = { 'bad.json': { id: 'bad', name: 'Bad', colour: 'red' } };

  test('is told with its reason at each sync, ends with 1, and does not stop the rest', async () => {
    await using crew = await aCrew({ ...TWO, ...BROKEN });
    for (const others of ['2 added', '2 unchanged']) {
      const { code, out, err } = await crew.sync();
      expect({ code, err }).toEqual({ code: 1, err: '1 file is refused.\n' });
      expect(out).toMatch(/^refused {4}crew\/bad\.json:1: colour/m);
      expect(out).toContain(`3 files: ${others}, 1 refused\n`);
    }
  });

  test('leaves the last good version serving', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    await crew.write('mate.json', { id: 'mate', name: 'Mate', config: { priority: 11 } });
    expect(await crew.verdicts()).toEqual(['unchanged crew/a/cook.md', 'refused crew/mate.json']);
    expect(await crew.registry.agent('mate')).toMatchObject({ version: '1.0.0', revision: 1 });
    await crew.write('mate.json', { id: 'mate', name: 'Mate', config: { priority: 9 } });
    expect(await crew.verdicts()).toEqual(['unchanged crew/a/cook.md', 'updated crew/mate.json']);
  });

  test('is what belongs to another folder, by that one’s file', async () => {
    await using crew = await aCrew(TWO);
    await filesIn(join(crew.top, 'other')).write('mate.json', { id: 'mate', name: 'Mate' });
    await crew.sync();
    const { code, out } = await cli(['--api', crew.registry.url, 'sync', join(crew.top, 'other')]);
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringContaining(`is described by ${crew.top}/crew/mate.json already`),
    });
    expect(await crew.registry.agent('mate')).toMatchObject({ filePath: `${crew.top}/crew/mate.json` });
  });

  test('names the step of validation that it did not pass', async () => {
    const validation = { handshake: async () => ({ alive: false, reason: 'does not speak MCP' }) };
    const definitions = { quarry: { type: 'http', url: 'https://quarry.example.com/mcp' } };
    const config = { mcpServers: ['quarry'], mcpServerDefinitions: definitions };
    await using crew = await aCrew({ 'mason.json': { id: 'mason', name: 'Mason', config } }, { validation });
    expect((await crew.sync()).out).toContain('the MCP server does not speak MCP');
  });

  test('what had to be mended to be read is told, and served', async () => {
    await using crew = await aCrew({ 'cook.md': '---\nname: cook\ndescription: Cooks: well\n---\n\nCook.' });
    const { code, out } = await crew.sync();
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^warning {4}crew\/cook\.md: .*\(line \d\)$/m),
    });
    expect(await crew.registry.agent('cook')).toMatchObject({ config: { description: 'Cooks: well' } });
  });

  test('what should be mended is told, and served', async () => {
    await using crew = await aCrew({ 'a.json': { id: 'a', name: 'A', dependencies: { agents: ['nobody'] } } });
    for (const verdict of ['added', 'unchanged']) {
      const { code, out } = await crew.sync();
      expect(out).toContain('warning    crew/a.json: dependencies.agents.0: there is no agent nobody\n');
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`1 file: 1 ${verdict}`) });
    }
  });
});

describe('removals', () => {
  const FOUR = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.md`, agent(name)]));

  test('of so many at once are held until they are confirmed', async () => {
    await using crew = await aCrew(FOUR);
    await crew.sync();
    for (const path of ['a.md', 'b.md', 'c.md']) await crew.remove(path);
    for (const _ of ['once', 'and again']) {
      const { code, out, err } = await crew.sync();
      expect(out).toContain('held       crew/a.md a\n');
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringMatching(/^3 of 4 agents .*--confirm-removals\.\n$/),
      });
    }
    expect(await crew.registry.ids()).toEqual(['a', 'b', 'c', 'd']);
    expect(await crew.sync('--confirm-removals')).toMatchObject({ code: 0 });
    expect(await crew.registry.ids()).toEqual(['d']);
  });

  test('of a folder that is empty by now are held, and of one that is gone do not happen', async () => {
    await using crew = await aCrew({ 'sub/a.md': agent('a') });
    await crew.sync();
    await crew.remove('sub');
    expect(await crew.sync()).toMatchObject({ code: 1, err: expect.stringContaining('1 of 1 agents') });
    await crew.remove('.');
    expect(await crew.sync()).toMatchObject({ code: 1, err: expect.stringContaining('no such file or folder') });
    expect(await crew.registry.ids()).toEqual(['a']);
  });
});

describe('an agent that a call deregistered', () => {
  test('stays away until its file says something else', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    await crew.registry.deregister('cook');
    crew.forget();
    const { code, out } = await crew.sync();
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^dismissed +crew\/a\/cook\.md: /m) });
    expect(await crew.registry.ids()).toEqual(['mate']);
    await crew.write('a/cook.md', agent('cook', 'color: red\n'));
    expect(await crew.verdicts()).toContain('added crew/a/cook.md');
    expect(await crew.registry.ids()).toEqual(['cook', 'mate']);
  });
});

describe('a dry run', () => {
  test('prints the difference, and writes nothing', async () => {
    await using crew = await aCrew({ ...TWO, 'gone.md': agent('gone'), 'still.md': agent('still') });
    await crew.sync();
    await crew.move('a/cook.md', 'b/cook.md');
    await crew.write('mate.json', { id: 'mate', name: 'Mate', version: '2.0.0', config: { color: 'red' } });
    await crew.write('new.md', agent('new'));
    await crew.write('bad.json', { id: 'bad', name: 'Bad', colour: 'red' });
    await crew.remove('gone.md');
    const [writes, remembered] = [crew.registry.writes.length, await crew.remembered()];
    const { code, out, err } = await crew.sync('--dry-run');
    expect({ code, err }).toEqual({ code: 1, err: '1 file is refused.\n' });
    expect(out.split('\n').slice(0, -2)).toEqual([
      '~ cook  crew/b/cook.md (was crew/a/cook.md; filePath)',
      expect.stringMatching(/^! crew\/bad\.json:1: colour/),
      '- gone  crew/gone.md',
      '~ mate  crew/mate.json (config, version)',
      '+ new  crew/new.md',
      '= 1 unchanged',
    ]);
    expect(crew.registry.writes).toHaveLength(writes);
    expect(await crew.remembered()).toEqual(remembered);
    expect(await crew.verdicts()).toEqual([
      'moved crew/b/cook.md',
      'refused crew/bad.json',
      'removed crew/gone.md',
      'updated crew/mate.json',
      'added crew/new.md',
      'unchanged crew/still.md',
    ]);
  });

  test('shows what would be refused as it stands beside what others say', async () => {
    const check = (healthCheck: object) => ({ id: 'mate', name: 'Mate', monitoring: { healthCheck } });
    await using crew = await aCrew({
      'mate.json': check({ type: 'lambda', functionName: 'mate' }),
      'cook.md': agent('cook'),
    });
    const http = check({ type: 'http', url: 'https://mate.example.com' });
    await registerAgent(crew.registry.context, { actor: 'tester', document: http } as Parameters<
      typeof registerAgent
    >[1]);
    await filesIn(join(crew.top, 'other')).write('cook.md', agent('cook', 'color: red\n'));
    await cli(['--api', crew.registry.url, 'sync', join(crew.top, 'other')]);
    const { out } = await crew.sync('--dry-run');
    expect(out).toMatch(/^! mate {2}crew\/mate\.json: monitoring\.healthCheck/m);
    // Another folder's file has its id: it gets one of its own, by the folder in which it lies.
    expect(out).toMatch(/^\+ cook-crew {2}crew\/cook\.md$/m);
    expect(await crew.verdicts()).toEqual(['added crew/cook.md', 'refused crew/mate.json']);
  });

  test('of a folder that was never brought in leaves nothing behind', async () => {
    await using crew = await aCrew(TWO);
    expect(await crew.sync('--dry-run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('+ cook  crew/a/cook.md\n'),
    });
    expect(crew.registry.writes).toEqual([]);
    expect(await crew.remembered()).toEqual([]);
    expect(await crew.registry.ids()).toEqual([]);
  });

  test('shows what would be held', async () => {
    await using crew = await aCrew({ 'a.md': agent('a') });
    await crew.sync();
    await crew.remove('a.md');
    expect(await crew.sync('--dry-run')).toMatchObject({
      code: 1,
      out: expect.stringContaining('- a  crew/a.md (held back)\n'),
    });
  });

  test('does not watch', async () => {
    await using crew = await aCrew();
    expect(await crew.sync('--dry-run', '--watch')).toMatchObject({ code: 2 });
  });
});

describe('trouble', () => {
  test('with the registry is told, and what was left is done the next time', async () => {
    await using crew = await aCrew(TWO);
    crew.registry.status = 503;
    const { code, err } = await crew.sync();
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/could not be done to the end: .*503/) });
    crew.registry.status = undefined;
    expect(await crew.verdicts()).toEqual(['added crew/a/cook.md', 'added crew/mate.json']);
  });

  test('with the caller’s rights is told as such', async () => {
    await using crew = await aCrew(TWO);
    crew.registry.status = 403;
    expect(await crew.sync()).toMatchObject({ code: 1, err: expect.stringContaining('by the test') });
    crew.registry.status = undefined;
    expect(await crew.sync()).toMatchObject({ code: 0 });
  });

  test.each([
    ['that is not there', 'nowhere', 'no such file or folder'],
    ['that is a file', 'crew/mate.json', 'a file, not a folder'],
  ])('with a folder %s is told in a sentence', async (_, path, told) => {
    await using crew = await aCrew(TWO);
    const ran = await cli(['--api', crew.registry.url, 'sync', path], { environment: { INIT_CWD: crew.top } });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(told) });
  });
});

describe('where agents come from', () => {
  test('is the repository and the path in it, however the folder is named', async () => {
    await using crew = await aCrew(TWO);
    await mkdir(join(crew.top, '.git'));
    await cli(['--api', crew.registry.url, 'sync', crew.folder]);
    const repository = crew.top.split('/').at(-1);
    expect(await crew.registry.agent('cook')).toMatchObject({ filePath: `${repository}/crew/a/cook.md` });
    expect(await crew.verdicts()).toEqual(['unchanged crew/a/cook.md', 'unchanged crew/mate.json']);
  });

  test('stays what it was when the folder becomes a repository', async () => {
    await using crew = await aCrew(TWO);
    await crew.sync();
    await mkdir(join(crew.folder, '.git'));
    await crew.write('a/cook.md', agent('cook', 'color: red\n'));
    expect(await crew.verdicts()).toEqual(['updated crew/a/cook.md', 'unchanged crew/mate.json']);
    expect(await crew.registry.agent('cook')).toMatchObject({ filePath: `${crew.top}/crew/a/cook.md` });
  });
});
