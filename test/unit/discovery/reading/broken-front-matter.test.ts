import { describe, expect, test } from '@jest/globals';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';
import type { AgentRead } from '../../../../lambdas/discovery/reading/read-document.ts';

const load = (...frontMatter: string[]) =>
  new ManifestLoader().load('g.md', ['---', ...frontMatter, '---', '', 'You are a gardener.'].join('\n'));

/** What a file gives; fails where that is no agent. */
function read(...frontMatter: string[]): AgentRead & { readonly config: Record<string, unknown> } {
  const document = load(...frontMatter);
  if (document.verdict !== 'agent') throw new Error(JSON.stringify(document));
  return { ...document, config: document.agent.config as Record<string, unknown> };
}

const BROKEN = ['name: g', 'description: Use this agent for: a, b'];

describe('behind a description that is not YAML', () => {
  test.each([
    'category: engineering',
    'mode: subagent',
    'memory: project',
    'isolation: worktree',
    'background: true',
    'role: senior software engineer for roses',
    'emoji: 🌹',
    'enabled: true',
    'argument-hint: "[rose]"',
    'colours: [red]',
    'retries: 5',
    '工具: Read',
  ])('%s is a field of its own', (line) => {
    expect(read(...BROKEN, line, 'model: opus').config).toEqual({
      description: 'Use this agent for: a, b',
      model: 'opus',
    });
  });

  test('a field ends the description also where another line is what is broken', () => {
    expect(read('name: g', 'description: Good', 'category: dev', 'zz: a: b').config).toEqual({ description: 'Good' });
  });

  test.each([
    'Context: User wants roses',
    'user: "Prune"',
    'assistant: "Yes"',
    'Examples: roses',
    'Note: soon',
    'when: always',
    'they: wither, and somebody must see to it',
    'https://roses.example.com',
  ])('%s goes on with it', (line) => {
    expect(read(...BROKEN, line, 'color: red').config).toEqual({
      description: `Use this agent for: a, b\n${line}`,
      color: 'red',
    });
  });

  test.each([
    ['Color: red', { color: 'red' }],
    ['  tools: Read, Write', { tools: ['Read', 'Write'] }],
    ['  tools:\n    - Read', { tools: ['Read'] }],
  ])('%s is the known key', (line, config) => {
    expect(read(...BROKEN, line).config).toEqual({ description: 'Use this agent for: a, b', ...config });
  });

  test.each([
    '  mcp_servers:\n    gh:\n      env:\n        GITHUB_TOKEN: hush',
    'McpServers:\n  gh:\n    env: {GITHUB_TOKEN: hush}',
    'mcp: https://u:hush@h.example.com',
    '  mcp: https://u:hush@h.example.com',
    'apikey: hush',
    '  apikey: hush',
    'API_KEY: hush',
    'auth: hush',
    '  token: hush',
    'token:\n  hush',
    'Authorization: Bearer hush',
    'env:\n  TOKEN: hush',
  ])('%s is no part of it: it may hold credentials', (lines) => {
    const document = read(...BROKEN, lines);
    expect(document.config.description).toBe('Use this agent for: a, b');
    expect(JSON.stringify(document)).not.toContain('hush');
  });
});

describe('keys that belong to another key', () => {
  test.each([
    ['a map', ['metadata:', '  name: inner', '  description: no', 'name: outer', 'description: Use: x']],
    [
      'a list',
      ['handoffs:', '  - label: x', '    name: step', '    description: no', 'name: outer', 'description: Use: x'],
    ],
  ])('of %s are not the agent’s own', (_, lines) => {
    expect(read(...lines)).toMatchObject({ agent: { name: 'outer' }, config: { description: 'Use: x' } });
  });

  test('make no agent by their name alone', () => {
    expect(load('metadata:', '  name: inner', 'description: Use: x')).toMatchObject({ verdict: 'skipped' });
  });

  test('are the agent’s own where only the first key stands further out', () => {
    expect(read('name: g', ' description: Good', ' tools: Read').config).toEqual({
      description: 'Good',
      tools: ['Read'],
    });
  });
});

test('a name with quotes and a comma, as in JSON, is what stands in the quotes', () => {
  expect(read('name: "g",', 'description: d').agent.name).toBe('g');
});

test('a text with a comment behind its sign is the lines below', () => {
  expect(read('name: g', 'description: | # why', '  Prunes', 'zz: a: b').config).toEqual({ description: 'Prunes' });
});

describe('keys in another case', () => {
  test('count as the known keys', () => {
    const document = read('Name: g', 'Description: d', 'TOOLS: Read', 'Priority: high');
    expect(document).toMatchObject({
      agent: { name: 'g' },
      config: { description: 'd', tools: ['Read'], priority: 8 },
    });
    expect(document.degraded).toBeUndefined();
  });

  test('are what they are where the exact one is there', () => {
    expect(read('name: g', 'Description: other', 'description: d').config).toEqual({
      description: 'd',
      Description: 'other',
    });
  });

  test.each(['McpServers', 'mcpservers', 'MCP_SERVERS', 'MCPServers', 'mcp', 'mcpServer', 'mcp_server', 'Mcp-Servers'])(
    '%s lose their credentials',
    (key) => {
      const lines = [`${key}:`, '  gh: {url: "https://u:hush@h.example.com", env: {T: hush}}'];
      const config = {
        description: 'd',
        mcpServers: ['gh'],
        mcpServerDefinitions: { gh: { url: 'https://h.example.com/', requires: ['T'] } },
      };
      expect(read('name: g', 'description: d', ...lines).config).toEqual(config);
      expect(read('name: g', 'description: d', 'mcp-servers: [gh]', ...lines).config).toEqual({
        description: 'd',
        mcpServers: ['gh'],
      });
    },
  );
});
