import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import type { SearchRequest, SearchResult } from '../../lambdas/capability/search/search-schema.ts';
import type { RegistryStats } from '../../lambdas/capability/search/stats-schema.ts';
import { call, unique } from '../support/api.ts';
import { jsonOf, runCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { localStack } from '../support/local-stack.ts';

// The first calls start the functions: seconds, not minutes.
jest.setTimeout(60_000);

const cli = (...args: string[]) => runCommandLine(args, { AGENT_REGISTRY_API: localStack().apiUrl });

/** What only the agents of this file can do, and are. */
const skill = unique('masonry');
const type = unique('mason');
const tool = unique('mcp__quarry');

const search = async (body: SearchRequest): Promise<SearchResult> =>
  (await call<SearchResult>('POST', '/registry/search', body)).body;

const idsOf = ({ agents }: SearchResult) => agents.map(({ id }) => id.replace(`${type}-`, ''));

const AGENTS = [
  {
    id: 'arch',
    priority: 9,
    tools: [`${tool}__cut`, 'Bash'],
    description: 'Builds arches and vaults of red sandstone.',
  },
  { id: 'brick', priority: 3, tools: [`${tool}__lay`], description: 'Lays bricks in mortar.' },
  { id: 'cairn', priority: 9, tools: ['*'], description: 'Piles stones; no mortar needed.' },
  { id: 'dome', priority: 6, description: 'Vaults a space with a dome.' },
  { id: 'idle', priority: 1, tools: ['Read'], operatorMode: 'maintenance' },
];

beforeAll(async () => {
  for (const { id, operatorMode = 'enabled', ...config } of AGENTS) {
    await call('POST', '/registry/agents', {
      ...{ id: `${type}-${id}`, name: `${type}-${id}`, type, operatorMode, config },
      capabilities: {
        core: [skill],
        domains: [`${skill}-${config.priority > 5 ? 'stone' : 'brick'}`],
        actions: [`do-${id}`],
      },
    });
  }
  await eventually(async () => expect((await search({ type })).total).toBe(AGENTS.length));
});

describe('a search of the deployed registry', () => {
  test.each<[SearchRequest, string[]]>([
    [{ capabilities: [skill] }, ['arch', 'brick', 'cairn', 'dome', 'idle']],
    [{ capabilities: [skill], domains: [`${skill}-stone`] }, ['arch', 'cairn', 'dome']],
    [{ actions: ['do-dome', 'do-brick'], mode: 'any', type }, ['brick', 'dome']],
    [{ tools: [`${tool}__*`], type }, ['arch', 'brick', 'cairn']],
    [{ tools: [`${tool}__lay`], type }, ['brick', 'cairn']],
    [{ type, minPriority: 7 }, ['arch', 'cairn']],
    [{ type, status: 'available' }, ['arch', 'brick', 'cairn', 'dome']],
    [{ type, status: 'maintenance' }, ['idle']],
    [{ type, healthyOnly: true }, []],
    [{ type, sort: 'priority' }, ['arch', 'cairn', 'dome', 'brick', 'idle']],
    [{ type, sort: 'load', limit: 2 }, ['arch', 'cairn']],
    [{ type, q: 'mortar', sort: 'id' }, ['brick', 'cairn']],
    [{ type, q: 'sandstnoe arch' }, ['arch']],
  ])('finds by %j', async (body, ids) => {
    expect(idsOf(await search(body))).toEqual(ids);
  });

  test.each(['id', 'priority', 'load', 'relevance'] as const)('is walked by %s, everybody once', async (sort) => {
    const body: SearchRequest = { type, q: 'vault mason', sort, limit: 1 };
    const whole = await search({ ...body, limit: 500 });
    const walked: string[] = [];
    for (let cursor: string | undefined, end = false; !end; end = cursor === undefined) {
      const page = await search({ ...body, ...(cursor !== undefined && { cursor }) });
      walked.push(...idsOf(page));
      cursor = page.nextCursor;
    }

    expect(walked).toEqual(idsOf(whole));
    expect(walked.toSorted()).toEqual(['arch', 'dome']);
  });

  test('counts and explains', async () => {
    const { agents, total, facets } = await search({
      ...{ type, tools: [`${tool}__*`], q: 'brick', sort: 'priority', limit: 1, explain: true },
      facets: ['capabilities', 'domains', 'actions', 'tools', 'type', 'priority', 'health', 'operatorMode', 'status'],
    });

    expect(total).toBe(1);
    expect(agents[0]).toMatchObject({
      description: 'Lays bricks in mortar.',
      explain: { capabilities: [], tools: [`${tool}__lay`], text: ['brick', 'bricks'], score: expect.any(Number) },
    });
    expect(facets).toEqual({
      ...{ capabilities: [{ value: skill, count: 1 }], domains: [{ value: `${skill}-brick`, count: 1 }] },
      ...{ actions: [{ value: 'do-brick', count: 1 }], tools: [{ value: `${tool}__lay`, count: 1 }] },
      ...{ type: [{ value: type, count: 1 }], priority: [{ value: '3', count: 1 }] },
      ...{ health: [{ value: 'unknown', count: 1 }], operatorMode: [{ value: 'enabled', count: 1 }] },
      status: [{ value: 'available', count: 1 }],
    });
  });

  test('follows words that change', async () => {
    const word = unique('granite').replaceAll('-', '');
    await call('PUT', `/registry/agents/${type}-dome`, { config: { description: `Domes of ${word}.` } });
    await eventually(async () => expect(idsOf(await search({ q: word }))).toEqual(['dome']));
    await call('PUT', `/registry/agents/${type}-dome`, { config: { description: 'Vaults a space with a dome.' } });
    await eventually(async () => expect(idsOf(await search({ q: word }))).toEqual([]));
  });

  test('says what it cannot ask', async () => {
    const { status, body } = await call('POST', '/registry/search', { type, sort: 'relevance', limit: 501 });
    expect([status, body.errors]).toMatchObject([400, [{ field: 'limit', rule: 'maximum' }]]);
    expect((await call('POST', '/registry/search', { limit: 5, facets: ['type'] })).status).toBe(400);
  });
});

test('the list takes prefixes of tools, and the statistics count everybody', async () => {
  const { body } = await call<AgentPage>('GET', `/registry/agents?type=${type}&tools=${tool}__*&limit=2`);
  expect(body).toMatchObject({ agents: [{ id: `${type}-arch` }, { id: `${type}-brick` }], total: 3 });
  const stats = (await call<RegistryStats>('GET', '/registry/stats')).body;
  expect(stats.capabilityDistribution[skill]).toBe(AGENTS.length);
  expect(stats.agentCounts.maintenance).toBeGreaterThan(0);
});

describe('the command line', () => {
  test('searches with the same words', async () => {
    const args = ['search', '--type', type, '--tool', `${tool}__*`, '--limit', '2', '--sort', 'priority'];
    const found = await jsonOf<SearchResult>(args, cli);
    expect([idsOf(found), found.total]).toEqual([['arch', 'cairn'], 3]);
  });

  test('shows agents, reasons and counts', async () => {
    const args = ['--type', type, '--text', 'mortar', '--facet', 'priority', '--explain'];
    const { code, out } = await cli('search', ...args);
    expect(code).toBe(0);
    expect(out).toMatch(/-brick .*text mortar/);
    expect(out).toMatch(/^PRIORITY +AGENTS$/m);
    expect(out).toMatch(/^2 agents$/m);
  });
});
