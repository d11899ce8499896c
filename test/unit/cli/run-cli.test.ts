import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryDirectories } from '../../support/temporary-directory.ts';
import { serverThatAnswers } from './http-server.ts';
import { cliInProcess } from './in-process.ts';

const cli = cliInProcess();
const temporary = temporaryDirectories();

const AGENT = { id: 'mason', name: 'Mason', type: 'core', status: 'available', priority: 5, capabilities: ['walls'] };
const PAGE = { status: 200, body: { agents: [AGENT], total: 1 } };

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each([
    ['no command', [], 'Usage'],
    ['an unknown command', ['lst'], 'list'],
    ['an unknown option', ['list', '--colour'], '--colour'],
    ['a missing argument', ['get'], 'id'],
    ['a limit that is no number', ['list', '--limit', 'x'], 'whole number from 1 to 500'],
    ['a limit of nothing', ['list', '--limit', '0'], 'whole number from 1 to 500'],
    ['a limit that is too large', ['list', '--limit', '501'], 'whole number from 1 to 500'],
    ['an offset that is too large', ['list', '--offset', '10001'], 'whole number from 0 to 10000'],
    ['an offset with a cursor', ['list', '--offset', '1', '--cursor', 'c'], '--cursor'],
    ['a priority that there is not', ['list', '--priority', '11'], 'whole number from 1 to 10'],
    ['a status that there is not', ['list', '--status', 'busy'], 'must be one of available'],
    ['a state that there is not', ['list', '--state', 'idle,busy'], 'must be one of'],
    ['an empty filter', ['list', '--tools', 'Read,'], 'must not be empty'],
    ['a write without a revision', ['list', '--min-revision', 'mason'], 'a colon and a revision'],
    ['a write of no agent', ['search', 'a', '--min-revision', ':3'], 'a colon and a revision'],
    ['a span that begins at no time', ['republish', '--from', '7'], 'not a time'],
    ['a span that ends as it begins', ['republish', '--from', '2026-01-02', '--to', '2026-01-02'], 'before --to'],
    ['a span that ends before it begins', ['republish', '--from', '2026-01-02', '--to', '2026-01-01'], 'before --to'],
    ['a span of the future', ['republish', '--from', '2999-01-01', '--to', '2999-01-02'], 'in the future'],
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

  test('where the local stack has announced itself in a way that cannot be understood', async () => {
    const folder = await temporary();
    await writeFile(join(folder, 'outputs.json'), '{"apiUrl":');
    const ran = await cli(['list'], { environment: { AGENT_REGISTRY_LOCAL_DIR: folder } });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('outputs.json is broken') });
    expect(ran.err).not.toContain('    at ');
  });

  test('where the file is too large, or a folder', async () => {
    const folder = await temporary();
    await writeFile(join(folder, 'large.json'), Buffer.alloc(2 ** 20 + 1, ' '));
    const told = async (...args: string[]) => (await cli(args, { environment: { INIT_CWD: folder } })).err;
    expect(await told('register', 'large.json')).toBe('large.json: it is larger than 1 MiB, which no agent is\n');
    expect(await told('update', 'a', 'large.json')).toContain('larger than 1 MiB');
    expect(await told('register', '.')).toBe('.: it is a folder, not a file\n');
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

  test('on another machine whatever the local stack announced', async () => {
    const folder = await temporary();
    await writeFile(join(folder, 'outputs.json'), '{');
    const environment = { AGENT_REGISTRY_LOCAL_DIR: folder };
    const ran = await cli(['list', '--api', 'http://registry.example.com'], { environment });
    expect(ran.err).toContain('AWS_REGION');
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

  test('what knows a write', async () => {
    expect(await asked(['list', '--min-revision', 'mason:3'])).toMatchObject([
      { url: '/stage/registry/agents?minRevision=mason%3A3' },
    ]);
    expect(await asked(['search', 'walls', '--min-revision', 'mason:3'])).toMatchObject([
      { body: { capabilities: ['walls'], minRevision: { agentId: 'mason', revision: 3 } } },
    ]);
  });

  test('all pages beyond an offset, which no cursor goes with', async () => {
    await using server = await serverThatAnswers(
      { status: 200, body: { agents: [AGENT], total: 4, nextCursor: 'c' } },
      { status: 200, body: { agents: [AGENT], total: 4, nextCursor: 'd' } },
      PAGE,
    );
    await cli(['list', '--all', '--offset', '1', '--limit', '1', '--api', server.url]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/stage/registry/agents?limit=1&offset=1',
      '/stage/registry/agents?limit=1&cursor=c',
      '/stage/registry/agents?limit=1&cursor=d',
    ]);
  });

  test('all pages from a cursor on', async () => {
    expect(await asked(['list', '--all', '--cursor', 'c'])).toEqual([
      { method: 'GET', url: '/stage/registry/agents?limit=500&cursor=c' },
    ]);
  });

  test('a registration, once however often it is sent', async () => {
    const folder = await temporary();
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub', 'mason.json'), '{"id":"mason","name":"Mason"}');
    await using server = await serverThatAnswers('cut', { status: 201, body: { ...AGENT, revision: 1 } });
    const ran = await cli(['register', './sub//mason.json', '--api', server.url], {
      environment: { INIT_CWD: folder },
    });
    expect(ran).toMatchObject({ code: 0, out: 'Registered mason (revision 1).\n' });
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]]);
    const filePath = join(folder, 'sub', 'mason.json');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ id: 'mason', name: 'Mason', filePath });
  });

  test('a change by a file beside the user', async () => {
    const folder = await temporary();
    await writeFile(join(folder, 'patch.json'), '{"type":"core"}');
    await using server = await serverThatAnswers({ status: 200, body: { revision: 2 } });
    const environment = { INIT_CWD: folder };
    expect(await cli(['update', 'a', 'patch.json', '--api', server.url], { environment })).toMatchObject({ code: 0 });
    expect(server.requests[0]?.body).toBe('{"type":"core"}');
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
