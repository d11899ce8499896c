import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runCli } from '../../../bin/cli/run-cli.ts';
import { serverThatAnswers } from './http-server.ts';

/** A folder where no local stack announces itself. */
const NOWHERE = mkdtempSync(join(tmpdir(), 'agent-registry-cli-'));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process. */
async function cli(args: string[], { environment = {}, isTTY = false } = {}): Promise<Ran> {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string | Uint8Array) => {
      written[name] += text;
      return true;
    },
  });
  const code = await runCli(args, {
    stdout: stream('out'),
    stderr: stream('err'),
    environment: { AGENT_REGISTRY_LOCAL_DIR: NOWHERE, ...environment },
  });
  return { code, ...written };
}

const AGENT = { id: 'mason', name: 'Mason', type: 'core', status: 'available', priority: 5, capabilities: ['walls'] };
const PAGE = { status: 200, body: { agents: [AGENT], total: 1 } };

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each([
    ['no command', [], 'Usage'],
    ['an unknown command', ['lst'], 'list'],
    ['an unknown option', ['list', '--colour'], '--colour'],
    ['a missing argument', ['get'], 'id'],
    ['a limit that is no number', ['list', '--limit', 'x'], 'whole number'],
    ['a search for nothing', ['search'], 'at least one'],
    ['a mode that there is not', ['search', 'a', '--mode', 'some'], 'all or any'],
    ['an empty term', ['search', '--domain', 'a,,b'], 'empty'],
    ['an update by nothing', ['update', 'a'], '--set'],
    ['an update by both', ['update', 'a', 'f.json', '--set', 'a=1'], '--set'],
    ['an assignment without a value', ['update', 'a', '--set', 'b'], 'path=value'],
    ['an address that is none', ['list', '--api', 'ftp://x'], 'http address'],
  ])('%s', async (_, args, told) => {
    expect(await cli(args)).toMatchObject({ code: 2, err: expect.stringContaining(told) });
  });
});

describe('help ends with 0', () => {
  test.each([[['--help']], [['help', 'import']], [['search', '--help']]])('%j', async (args) => {
    expect(await cli(args)).toMatchObject({ code: 0, out: expect.stringContaining('Usage') });
  });
});

describe('failure ends with 1 and is told in plain sentences', () => {
  test('where there is no registry', async () => {
    expect(await cli(['list'])).toMatchObject({ code: 1, err: expect.stringContaining('npm start') });
  });

  test('where the registry does not answer', async () => {
    const server = await serverThatAnswers(PAGE);
    await server[Symbol.asyncDispose]();
    const ran = await cli(['list', '--api', server.url]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/does not answer.*npm start/) });
    expect(ran.err).not.toContain('    at ');
  });

  test('where the file is missing', async () => {
    const ran = await cli(['register', 'no/such.json']);
    expect(ran).toMatchObject({ code: 1, err: 'no/such.json: there is no such file or folder\n' });
  });

  test('where the API answers a problem', async () => {
    await using server = await serverThatAnswers({
      status: 404,
      body: { title: 'Not found', detail: 'There is no agent a.' },
    });
    expect(await cli(['get', 'a', '--api', server.url])).toMatchObject({
      code: 1,
      err: 'Not found: There is no agent a.\n',
    });
  });
});

describe('the registry is', () => {
  test('the one of --api before that of AGENT_REGISTRY_API, without its last slash', async () => {
    await using named = await serverThatAnswers(PAGE);
    await using other = await serverThatAnswers(PAGE);
    const ran = await cli(['list', '--api', `${named.url}/`], { environment: { AGENT_REGISTRY_API: other.url } });
    expect(ran.code).toBe(0);
    expect([named.requests.length, other.requests.length]).toEqual([1, 0]);
    expect(named.requests[0]?.url).toBe('/stage/registry/agents');
  });

  test('the one of AGENT_REGISTRY_API', async () => {
    await using server = await serverThatAnswers(PAGE);
    expect(await cli(['list'], { environment: { AGENT_REGISTRY_API: server.url } })).toMatchObject({ code: 0 });
  });
});

describe('what is printed', () => {
  test('is a table without colours where nobody reads along', async () => {
    await using server = await serverThatAnswers(PAGE);
    const { out } = await cli(['list', '--api', server.url]);
    expect(out).toMatch(/^ID +NAME +TYPE/);
    expect(out).toMatch(/^mason +Mason +core +available +5 +walls$/m);
    expect(out).not.toContain('\u001b');
  });

  test.each([
    ['on a terminal', {}, true],
    ['on a terminal whose owner wants none', { NO_COLOR: '1' }, false],
  ])('%s has colours: see the last value', async (_, environment, coloured) => {
    await using server = await serverThatAnswers(PAGE);
    const { out } = await cli(['list', '--api', server.url], { environment, isTTY: true });
    expect(out.includes('\u001b[')).toBe(coloured);
  });

  test('is the answer itself with --json', async () => {
    await using server = await serverThatAnswers(PAGE);
    expect(JSON.parse((await cli(['list', '--json', '--api', server.url])).out)).toEqual(PAGE.body);
  });
});

describe('commands ask for', () => {
  const asked = async (args: string[], answer: object = PAGE.body) => {
    await using server = await serverThatAnswers({ status: 200, body: answer });
    const { code } = await cli([...args, '--api', server.url]);
    expect(code).toBe(0);
    return server.requests.map(({ method, url, body }) => ({ method, url, ...(body && { body: JSON.parse(body) }) }));
  };

  test('all pages of a list', async () => {
    await using server = await serverThatAnswers(
      { status: 200, body: { agents: [AGENT], total: 2, nextCursor: 'c+1' } },
      PAGE,
    );
    const { out } = await cli(['list', '--all', '--type', 'core', '--json', '--api', server.url]);
    expect(JSON.parse(out).agents).toHaveLength(2);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/stage/registry/agents?limit=500&type=core',
      '/stage/registry/agents?limit=500&type=core&cursor=c%2B1',
    ]);
  });

  test('agents by positional capabilities, lists and mode', async () => {
    expect(
      await asked(['search', 'Book a ride, now', '--capabilities', 'a,b', '--domain', 'c', '--domain', 'd', '--any']),
    ).toEqual([
      {
        method: 'POST',
        url: '/stage/registry/search',
        body: { capabilities: ['Book a ride, now', 'a', 'b'], domains: ['c', 'd'], actions: [], mode: 'any' },
      },
    ]);
  });

  test('a change of fields', async () => {
    expect(await asked(['update', 'a/b', '--set', 'type=core', '--set', 'config.color=null'])).toEqual([
      { method: 'PUT', url: '/stage/registry/agents/a%2Fb', body: { type: 'core', config: { color: null } } },
    ]);
  });

  test('a removal', async () => {
    expect(await asked(['deregister', 'a', '--force'])).toEqual([
      { method: 'DELETE', url: '/stage/registry/agents/a?force=true' },
    ]);
  });
});
