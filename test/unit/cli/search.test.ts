import { describe, expect, test } from '@jest/globals';
import { serverThatAnswers } from './http-server.ts';
import { cliInProcess } from './in-process.ts';

const cli = cliInProcess();

const agent = (id: string) => ({
  ...{ id, name: id, type: 'core', status: 'available', health: 'unknown', priority: 5 },
  capabilities: ['walls'],
});

const page = (ids: readonly string[], total: number, more: object = {}) => ({
  status: 200,
  body: { agents: ids.map(agent), total, ...more },
});

/** Runs a search against a server with these answers: what it printed, and what it asked. */
async function search(args: readonly string[], ...answers: Parameters<typeof serverThatAnswers>) {
  await using server = await serverThatAnswers(...answers);
  const ran = await cli(['search', ...args, '--api', server.url]);
  return { ...ran, asked: server.requests.map(({ body }) => JSON.parse(body)) };
}

/** What every request says, also where nothing of it was given. */
const PLAIN = { capabilities: [], domains: [], actions: [], mode: 'all' };

describe('a search from the command line', () => {
  test('asks for all that the API knows', async () => {
    const { asked } = await search(
      [
        ...['walls', '--domain', 'mortar', '--action', 'lay', '--tool', 'Bash,mcp__*', '--any', '--text', 'red bricks'],
        ...['--type', 'core', '--min-priority', '7', '--status', 'idle', '--healthy', '--sort', 'load'],
        ...['--limit', '20', '--cursor', 'c', '--facet', 'type', '--facet', 'tools,type', '--explain'],
      ],
      page([], 0),
    );

    expect(asked).toEqual([
      {
        ...{ capabilities: ['walls'], domains: ['mortar'], actions: ['lay'], tools: ['Bash', 'mcp__*'], mode: 'any' },
        ...{ q: 'red bricks', type: 'core', minPriority: 7, status: 'idle', healthyOnly: true, sort: 'load' },
        ...{ limit: 20, cursor: 'c', facets: ['type', 'tools'], explain: true },
      },
    ]);
  });

  test.each([
    ['a tool', ['--tool', 'Bash'], { tools: ['Bash'] }],
    ['a text', ['--text', 'bricks'], { q: 'bricks' }],
    ['a type', ['--type', 'core'], { type: 'core' }],
    ['a priority', ['--min-priority', '3'], { minPriority: 3 }],
    ['a status', ['--status', 'degraded'], { status: 'degraded' }],
    ['health', ['--healthy'], { healthyOnly: true }],
  ])('may ask for nothing but %s', async (_, args, body) => {
    expect((await search(args, page([], 0))).asked).toEqual([{ ...PLAIN, ...body }]);
  });

  test.each([
    ['orders and counts alone', ['--sort', 'load', '--facet', 'type', '--limit', '3'], 'at least one'],
    ['relevance without a text', ['walls', '--sort', 'relevance'], '--text'],
    ['a facet that there is not', ['walls', '--facet', 'names'], 'one of capabilities'],
    ['an order that there is not', ['walls', '--sort', 'name'], 'Allowed choices are id, priority'],
    ['a status that there is not', ['--status', 'busy'], 'Allowed choices are available'],
    ['a priority that there is not', ['--min-priority', '0'], 'whole number from 1 to 10'],
    ['no limit', ['walls', '--limit', '0'], 'whole number from 1'],
  ])('is wrong usage with %s', async (_, args, told) => {
    const { code, err, asked } = await search(args, page([], 0));

    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(told);
  });
});

describe('the pages of a search', () => {
  const first = page(['a', 'b'], 4, { nextCursor: 'c1', facets: { type: [{ value: 'core', count: 4 }] } });
  const second = page(['c'], 4, { nextCursor: 'c2', facets: {} });
  const last = page(['d'], 4, { facets: {} });

  test('are one, unless more are wanted; there is a hint at the others', async () => {
    const { out, asked } = await search(['walls'], first);

    expect(asked).toEqual([{ ...PLAIN, capabilities: ['walls'] }]);
    expect(out).toMatch(/^2 of 4 agents; --all shows all$/m);
  });

  test('are followed to the end with --all, and counted once', async () => {
    const { out, asked } = await search(['walls', '--all', '--facet', 'type', '--json'], first, second, last);

    expect(asked.map(({ cursor, facets, limit }) => [cursor, facets, limit])).toEqual([
      [undefined, ['type'], undefined],
      ['c1', [], undefined],
      ['c2', [], undefined],
    ]);
    expect(JSON.parse(out)).toEqual({
      agents: ['a', 'b', 'c', 'd'].map(agent),
      total: 4,
      facets: { type: [{ value: 'core', count: 4 }] },
    });
  });

  test('are followed until there are as many as wanted', async () => {
    const { out, asked } = await search(['walls', '--limit', '3', '--json'], first, second);

    expect(asked.map(({ limit }) => limit)).toEqual([3, 1]);
    expect(JSON.parse(out)).toMatchObject({ agents: ['a', 'b', 'c'].map(agent), nextCursor: 'c2' });
  });

  test('are no larger than the API gives them', async () => {
    expect((await search(['walls', '--limit', '700'], page(['a'], 1))).asked).toMatchObject([{ limit: 500 }]);
  });
});

describe('what a search prints', () => {
  test('is a table of agents with their health', async () => {
    const { out } = await search(['walls'], page(['mason'], 1));

    expect(out).toMatch(/^ID +NAME +TYPE +STATUS +PRIORITY +CAPABILITIES +HEALTH$/m);
    expect(out).toMatch(/^mason +mason +core +available +5 +walls +unknown$/m);
    expect(out).toMatch(/^1 agent$/m);
  });

  test('is a sentence where there is nobody', async () => {
    expect((await search(['walls'], page([], 0))).out).toBe('No agent is like that.\n');
  });

  test('tells reasons where they were asked for', async () => {
    const explain = {
      capabilities: ['walls'],
      domains: [],
      actions: [],
      tools: [],
      filters: ['type' as const],
      text: ['brick', 'bricks'],
      score: 1.5,
    };
    const { out } = await search(['walls', '--explain'], {
      status: 200,
      body: { agents: [{ ...agent('mason'), explain }], total: 1 },
    });

    expect(out).toMatch(/HEALTH +WHY$/m);
    expect(out).toMatch(/unknown +capabilities walls; filters type; text brick, bricks \(1\.5\)$/m);
  });

  test('has a bar for each count, as long as its share of the greatest', async () => {
    const tools = [
      { value: 'Bash', count: 12 },
      { value: 'Read', count: 3 },
    ];
    const { out } = await search(['walls', '--facet', 'tools,type'], page(['a'], 12, { facets: { tools, type: [] } }));

    expect(out).toMatch(/^TOOLS +AGENTS/m);
    expect(out).toMatch(/^Bash +12 +█{24}$/m);
    expect(out).toMatch(/^Read + 3 +█{6}$/m);
    expect(out).not.toContain('TYPE  AGENTS');
  });
});
