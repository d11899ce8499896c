import { describe, expect, test } from '@jest/globals';
import { readAgentDocument } from '../../../lambdas/discovery/agent-document.ts';

/** The agent that a file gives; fails where it gives none. */
function agentOf(path: string, text: string | object): Record<string, unknown> {
  const read = readAgentDocument(path, typeof text === 'string' ? text : JSON.stringify(text));
  if (read.verdict !== 'agent') throw new Error(`${read.verdict}: ${read.reason}`);
  return read.agent;
}

const markdown = (...frontMatter: string[]) =>
  ['---', ...frontMatter, '---', '', 'You are a careful gardener.'].join('\n');

const CARD = {
  protocolVersion: '0.3.0',
  name: 'Harbour  Pilot',
  description: 'Brings ships in.',
  url: 'https://pilot.example.com/a2a',
  version: '3.1.0',
  capabilities: { streaming: true },
  skills: [
    { id: 'guide_ship', name: 'Guide', tags: ['Port of call', 'tides'] },
    { id: 'read_tides', name: 'Tides', tags: ['tides'] },
  ],
};

describe('a manifest', () => {
  test('keeps its own id, and gets its path as origin', () => {
    expect(agentOf('manifests/m1/manifest.json', { id: 'm1', name: 'Mason', type: 'core' })).toEqual({
      id: 'm1',
      name: 'Mason',
      type: 'core',
      filePath: 'manifests/m1/manifest.json',
    });
  });

  test('without an id gets the slug of its name', () => {
    expect(agentOf('a.json', { name: 'Crème Brûlée (v2)', config: {} }).id).toBe('creme-brulee-v2');
  });

  test.each([
    ['writes', { id: 'x', name: 'X' }, 'file'],
    ['writes in the first specification’s way', { agent_id: 'x', name: 'X' }, 'file'],
    ['does not write', { name: 'X', config: {} }, 'name'],
  ])('that %s its id says so', (_, document, idFrom) => {
    expect(readAgentDocument('a.json', JSON.stringify(document))).toMatchObject({ idFrom });
  });

  test.each(['capabilities', 'configuration', 'monitoring', 'config'])('is told by a name and %s', (field) => {
    expect(agentOf('a.json', { name: 'X', [field]: {} })).toMatchObject({ id: 'x' });
  });

  test('may come from elsewhere than its path says', () => {
    const read = readAgentDocument('link.json', '{"id":"x","name":"X"}', 'repo/x');
    expect(read).toMatchObject({ verdict: 'agent', agent: { filePath: 'repo/x' } });
  });

  test('may use the first specification’s names and a bare list of capabilities', () => {
    const agent = agentOf('a.json', { agent_id: 'x', name: 'X', capabilities: ['a'], config: { mcp_servers: ['m'] } });
    expect(agent).toMatchObject({ id: 'x', capabilities: { core: ['a'] }, config: { mcpServers: ['m'] } });
  });

  test('loses $schema and keys without a value', () => {
    const agent = agentOf('a.json', {
      $schema: './agent.json',
      id: 'x',
      name: 'X',
      responseQueue: null,
      config: { color: null },
    });
    expect(agent).toEqual({ id: 'x', name: 'X', config: {}, filePath: 'a.json' });
  });

  test('with a misspelt field is still one, so that the registry can tell what is wrong', () => {
    expect(agentOf('a.json', { id: 'x', name: 'X', capabilites: [] })).toHaveProperty('capabilites');
  });

  test.each([
    ['a name that is no text', { id: 'x', name: 7 }],
    ['no name', { id: 'x', capabilities: [] }],
    ['an id that is no text', { id: 7, name: 'X' }],
    ['no name, but a config', { agent_id: 'x', config: {} }],
    ['two spellings that differ', { name: 'X', agent_id: 'a', id: 'b' }],
    ['control characters', { id: 'x', name: 'X', config: { description: 'a\u0007b' } }],
  ])('with %s is invalid', (_, manifest) => {
    expect(readAgentDocument('a.json', JSON.stringify(manifest))).toMatchObject({ verdict: 'invalid' });
  });

  test('nested deeper than any agent is invalid, not a crash', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const read = readAgentDocument('a.json', `{"name":"X","config":${deep}}`);
    expect(read).toMatchObject({ verdict: 'invalid', reason: expect.stringContaining('32') });
  });
});

describe('an A2A agent card', () => {
  test('is found by its skills and their tags, as they are written', () => {
    expect(agentOf('cards/pilot.json', CARD)).toMatchObject({
      id: 'harbour-pilot',
      name: 'Harbour Pilot',
      version: '3.1.0',
      capabilities: {
        core: ['guide_ship', 'read_tides'],
        domains: ['Port of call', 'tides'],
        actions: ['guide_ship', 'read_tides'],
      },
    });
  });

  test('keeps everything else that it says in config, and nothing beside it', () => {
    const agent = agentOf('pilot.json', CARD);
    const { name: _, version: __, description, ...rest } = CARD;
    expect(agent.config).toEqual({ description, a2a: rest });
    expect(Object.keys(agent).sort()).toEqual(['capabilities', 'config', 'filePath', 'id', 'name', 'version']);
  });

  test('of protocol 0.2, or with skills that say little, is one as well', () => {
    const agent = agentOf('c.json', { name: 'Old', url: 'http://x', skills: [{ id: 'a' }, { name: 'no id' }, 'odd'] });
    expect(agent.capabilities).toEqual({ core: ['a'], domains: [], actions: ['a'] });
  });

  test('without a name that is text is invalid', () => {
    expect(readAgentDocument('c.json', JSON.stringify({ ...CARD, name: 3 }))).toMatchObject({ verdict: 'invalid' });
  });
});

describe('an agent file', () => {
  test('is found by its name; its prompt is not stored', () => {
    const agent = agentOf(
      'g.md',
      markdown('name: Rose Gardener', 'description: Prunes', 'model: small', 'priority: 8'),
    );
    expect(agent).toEqual({
      id: 'rose-gardener',
      name: 'Rose Gardener',
      capabilities: { core: ['rose-gardener'] },
      config: { description: 'Prunes', model: 'small', priority: 8 },
      filePath: 'g.md',
    });
  });

  test.each([
    ['a list', 'tools: [Read, Write]', ['Read', 'Write']],
    ['one line', 'tools: Read, Bash(git add, git commit), Write', ['Read', 'Bash(git add, git commit)', 'Write']],
    ['an empty list', 'tools: []', []],
  ])('may write its tools as %s', (_, line, tools) => {
    expect(agentOf('g.md', markdown('name: g', line)).config).toEqual({ tools });
  });

  test.each([
    ['absent', 'color: red'],
    ['without a value', 'tools:'],
  ])('whose tools are %s has none in its config, which means all', (_, line) => {
    expect(agentOf('g.md', markdown('name: g', line)).config).not.toHaveProperty('tools');
  });

  test.each([
    ['its capabilities', 'capabilities: pruning, grafting', { core: ['pruning', 'grafting'] }],
    ['its capabilities by kind', 'capabilities: {domains: [roses]}', { domains: ['roses'] }],
    ['its specialization', 'specialization: pruning', { core: ['pruning'] }],
  ])('is found by %s where it names them', (_, line, capabilities) => {
    expect(agentOf('g.md', markdown('name: g', line)).capabilities).toEqual(capabilities);
  });

  test('keeps keys that nobody knows in config', () => {
    expect(agentOf('g.md', markdown('name: g', 'soil: {ph: 6.5}')).config).toEqual({ soil: { ph: 6.5 } });
  });

  test('may have Windows line ends and a byte order mark', () => {
    expect(agentOf('g.md', `\uFEFF${markdown('name: g').replaceAll('\n', '\r\n')}`).id).toBe('g');
  });

  test('that is not valid YAML is invalid, with the line in the file', () => {
    const read = readAgentDocument('g.md', markdown('name: g', 'color: red', 'description: uses: colons'));
    expect(read).toMatchObject({ verdict: 'invalid', line: 4, reason: expect.stringContaining('YAML') });
  });

  test('with an alias to nowhere is invalid', () => {
    expect(readAgentDocument('g.md', markdown('name: *nobody'))).toMatchObject({ verdict: 'invalid' });
  });

  test('whose name is no text is invalid', () => {
    expect(readAgentDocument('g.md', markdown('name: [a]'))).toMatchObject({ verdict: 'invalid' });
  });
});

describe('what is no agent is skipped', () => {
  test.each([
    ['a README', 'README.md', '# Roses\n\nA garden.'],
    ['front matter that never ends', 'a.md', '---\nname: x\n'],
    ['front matter that is empty', 'a.md', '---\n---\ntext'],
    ['front matter that names no agent', 'a.md', '---\ntitle: Roses\n---\n'],
    ['front matter that is a sentence', 'a.md', '---\nhello\n---\n'],
    ['a list of records', 'a.json', '[{"name":"x"}]'],
    ['a package.json', 'package.json', '{"name":"x","version":"1.0.0","type":"module","scripts":{},"dependencies":{}}'],
    ['a minimal package.json', 'package.json', '{"name":"x","version":"1.0.0","dependencies":{"y":"1"}}'],
    ['a module', 'package.json', '{"name":"x","type":"module"}'],
    ['a package with a config', 'package.json', '{"name":"x","version":"1.0.0","config":{"port":1},"scripts":{}}'],
    ['nothing but a name', 'a.json', '{"name":"x"}'],
    ['a record with an id', 'a.json', '{"id":"x","title":"X"}'],
    ['a schema', 'a.json', '{"$schema":"https://json-schema.org/draft-07/schema#","definitions":{}}'],
    ['another kind of file', 'LICENSE', 'MIT'],
  ])('%s', (_, path, text) => {
    expect(readAgentDocument(path, text)).toEqual({ verdict: 'skipped', reason: expect.any(String) });
  });
});

test('JSON that breaks off is invalid, with its line', () => {
  expect(readAgentDocument('a.json', '{"name":"x",\n "config" {}}')).toMatchObject({ verdict: 'invalid', line: 2 });
  expect(readAgentDocument('a.json', '{"name":')).toMatchObject({ verdict: 'invalid' });
});
