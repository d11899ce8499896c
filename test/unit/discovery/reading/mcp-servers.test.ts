import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readMcpServers, readServerPatch } from '../../../../lambdas/agents/mcp-servers.ts';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';

const load = (...frontMatter: string[]) =>
  new ManifestLoader().load('g.md', ['---', 'name: g', 'description: d', ...frontMatter, '---', ''].join('\n'));

const configOf = (...frontMatter: string[]) => {
  const read = load(...frontMatter);
  if (read.verdict !== 'agent') throw new Error(JSON.stringify(read));
  const { description: _, ...config } = read.agent.config as Record<string, unknown>;
  return config;
};

describe('the MCP servers of an agent', () => {
  test.each([
    ['a text', 'mcp_servers: github, docs'],
    ['a text with spaces', 'mcpServers: github docs'],
    ['a list', 'mcp-servers: [github, docs]'],
    ['a list below', 'mcpServers:\n  - github\n  - docs'],
    ['a map without definitions', 'mcpServers: {github: , docs: {}}'],
    ['a list of maps', 'mcpServers:\n  - github:\n  - name: docs'],
  ])('may be named by %s', (_, lines) => {
    expect(configOf(lines)).toEqual({ mcpServers: ['github', 'docs'] });
  });

  test('may be none, which is not the same as absent', () => {
    expect(configOf('mcpServers: []')).toEqual({ mcpServers: [] });
    expect(configOf('mcpServers:')).toEqual({});
  });

  test('keep how they are reached and started, and the names of what they are given', () => {
    const server = {
      type: 'stdio',
      command: 'npx',
      args: ['-y', '@acme/server@1.2.3', '--port=3000', './data', 'run'],
    };
    const given = { env: { GITHUB_TOKEN: 'hush' }, headers: { Authorization: 'hush' } };
    expect(readMcpServers({ github: { ...server, ...given } })).toEqual({
      mcpServers: ['github'],
      mcpServerDefinitions: { github: { ...server, requires: ['GITHUB_TOKEN', 'Authorization'] } },
      unread: 0,
    });
  });

  test.each([
    ['an address', 'https://mcp.example.com/sse', { url: 'https://mcp.example.com/sse' }],
    ['a command line', 'uvx acme --verbose', { command: 'uvx', args: ['acme', '--verbose'] }],
    ['a list of words', { command: ['npx', '-y', 'acme'] }, { command: 'npx', args: ['-y', 'acme'] }],
    [
      'a variable and a command',
      'TOKEN=hush docker run -e KEY=hush acme',
      { command: 'docker', args: ['run', '-e', 'KEY', 'acme'], requires: ['TOKEN', 'KEY'] },
    ],
    ['an address of a variable', { url: '$MCP_URL/mcp' }, { requires: ['MCP_URL'] }],
  ])('may be defined by %s', (_, definition, kept) => {
    expect(readMcpServers({ x: definition }).mcpServerDefinitions).toEqual({ x: kept });
  });

  test('that are only an address are called by its host', () => {
    expect(readMcpServers(['https://u:hush@mcp.example.com/sse?key=hush'])).toEqual({
      mcpServers: ['mcp.example.com'],
      mcpServerDefinitions: { 'mcp.example.com': { url: 'https://mcp.example.com/sse' } },
      unread: 0,
    });
  });

  test('that cannot be read are counted, and told without a word of theirs', () => {
    const read = load('mcpServers: [7, "npx acme --token hush", ok]', 'color: red');
    expect(read).toMatchObject({ verdict: 'agent', agent: { config: { mcpServers: ['ok'], color: 'red' } } });
    expect(read).toMatchObject({ degraded: { reason: expect.stringContaining('config.mcpServers'), line: 4 } });
    expect(JSON.stringify(read)).not.toContain('hush');
  });
});

/** A secret that does not look like one. */
const PLAIN_SECRET = 'hush';
/** One that does. */
const RANDOM_SECRET = 'q8Zr2LmX0bVt7KcD4wEy';

describe('no credential is kept', () => {
  test.each([
    ['in a variable', { env: { API_KEY: PLAIN_SECRET } }],
    ['in a list of variables', { env: [`API_KEY=${PLAIN_SECRET}`, { name: 'B', value: PLAIN_SECRET }] }],
    ['in a header', { headers: { Authorization: `Bearer ${PLAIN_SECRET}` } }],
    ['in a list of headers', { headers: [`X-Api-Key: ${PLAIN_SECRET}`] }],
    ['in the user of an address', { url: `https://user:${PLAIN_SECRET}@h.example.com/mcp` }],
    ['in the query of an address', { url: `https://h.example.com/mcp?api_key=${PLAIN_SECRET}` }],
    ['in the fragment of an address', { url: `https://h.example.com/mcp#${PLAIN_SECRET}` }],
    ['in the path of an address', { url: `https://h.example.com/s/${RANDOM_SECRET}/mcp` }],
    ['in an address that is none', { url: `https://user:${PLAIN_SECRET}@` }],
    ['in an address of another kind', { url: `postgres://u:${PLAIN_SECRET}@h/db` }],
    ['in an option', { args: [`--api-key=${PLAIN_SECRET}`] }],
    ['behind an option', { args: ['--api-key', PLAIN_SECRET] }],
    ['behind a short option', { args: ['-p', PLAIN_SECRET, '-u', `me:${PLAIN_SECRET}`] }],
    ['in a short option', { args: [`-p${PLAIN_SECRET}`] }],
    ['in a header on the command line', { args: ['-H', `Authorization: Bearer ${PLAIN_SECRET}`] }],
    ['in a header that is one word', { args: ['--header', `Authorization:${PLAIN_SECRET}`] }],
    ['in a variable on the command line', { args: ['-e', `TOKEN=${PLAIN_SECRET}`] }],
    ['in a variable in an option', { args: [`--env=TOKEN=${PLAIN_SECRET}`] }],
    ['in JSON on the command line', { args: ['--config', `{"apiKey":"${PLAIN_SECRET}"}`] }],
    ['in an address on the command line', { args: [`postgresql://u:${PLAIN_SECRET}@h:5432/db`] }],
    ['in a web address on the command line', { args: [`https://u:${PLAIN_SECRET}@h/x?k=${PLAIN_SECRET}`] }],
    ['in a default of a variable', { args: [`\${TOKEN:-${PLAIN_SECRET}}`], url: `https://h/\${T:-${PLAIN_SECRET}}` }],
    ['in a connection text', { args: [`Server=h;Password=${PLAIN_SECRET}`] }],
    ['in a word of its own', { args: [RANDOM_SECRET, `sk-${RANDOM_SECRET}`] }],
    ['in a command', { command: `TOKEN=${PLAIN_SECRET} npx acme --token ${PLAIN_SECRET}` }],
    ['in a key that nobody knows', { oauth: { clientSecret: PLAIN_SECRET }, password: PLAIN_SECRET }],
    ['in the type', { type: `stdio ${PLAIN_SECRET}` }],
    ['in what it requires', { requires: [`TOKEN=${PLAIN_SECRET}`, `${PLAIN_SECRET} ${PLAIN_SECRET}`] }],
  ])('%s', (_, definition) => {
    for (const form of [{ x: definition }, [{ x: definition }], [{ name: 'x', ...definition }]]) {
      const kept = JSON.stringify(readMcpServers(form));
      expect(kept).not.toContain(PLAIN_SECRET);
      expect(kept).not.toContain(RANDOM_SECRET);
    }
    expect(JSON.stringify(readServerPatch({ x: definition }))).not.toContain(PLAIN_SECRET);
  });

  test.each([
    ['broken', ['mcpServers:', '  x: {env: {TOKEN: "hush}', '  y: a: b']],
    ['broken elsewhere', ['description2: a: b', 'mcpServers:', '  x:', '    env:', '      TOKEN: hush']],
    ['broken behind a description', ['mcpServers:', '  x:', '    args: ["--token", "hush"', 'tags: a: b']],
    ['in a key of another name', ['tags: a: b', 'env:', '  TOKEN: hush']],
    ['in definitions of their own', ['mcpServers: [x]', 'mcpServerDefinitions: {x: {env: {TOKEN: hush}}}']],
    ['in an alias', ['mcpServers: {x: {env: &e {TOKEN: hush}}, y: {env: *e, url: *nowhere}}']],
  ])('of front matter whose servers are %s', (_, lines) => {
    expect(JSON.stringify(load(...lines))).not.toContain('hush');
  });

  test('of a JSON manifest, whatever its form', () => {
    const x = { command: 'npx', args: ['--token', 'hush'], env: { T: 'hush' }, url: 'https://a:hush@h?k=hush' };
    for (const mcpServers of [
      { x },
      [{ x }],
      [{ name: 'x', ...x }],
      ['https://a:hush@h/'],
      ['a --token hush'],
      'hush hush=hush',
    ]) {
      const text = JSON.stringify({ id: 'm', name: 'M', config: { mcpServers, mcpServerDefinitions: { x } } });
      const read = new ManifestLoader().load('m.json', text);
      if (mcpServers !== 'hush hush=hush') expect(JSON.stringify(read)).not.toContain('hush');
      expect(JSON.stringify(read)).not.toContain('=hush');
    }
  });

  test('of any definition, wherever a random word stands in it', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9]{22,40}$/).filter((text) => /\d/.test(text));
    const key = fc.constantFrom('command', 'args', 'env', 'headers', 'url', 'type', 'token', 'requires', 'transport');
    const around = fc.constantFrom(
      '',
      'x ',
      '--a=',
      '--b ',
      'A=',
      'A: ',
      'https://h.example.com/',
      '"',
      '${',
      '-',
      '/',
    );
    const value = (secret: string) =>
      fc.oneof(
        around.map((text) => text + secret),
        around.map((text) => [text + secret, text, secret]),
        around.map((text) => ({ [`${text}N`]: secret, name: text + secret })),
      );
    fc.assert(
      fc.property(
        word.chain((secret) => fc.record({ secret: fc.constant(secret), said: fc.dictionary(key, value(secret)) })),
        ({ secret, said }) => !JSON.stringify(readMcpServers({ x: said })).includes(secret),
      ),
      { numRuns: 2_000 },
    );
  });
});
