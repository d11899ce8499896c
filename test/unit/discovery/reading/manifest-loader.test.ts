import { describe, expect, test } from '@jest/globals';
import { validateAgentDocument } from '../../../../lambdas/agents/validate-agent.ts';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';

const load = (path: string, content: string | object) =>
  new ManifestLoader().load(path, typeof content === 'string' ? content : JSON.stringify(content));

/** The agent that a file gives; fails where it gives none. */
function agentOf(path: string, content: string | object): Record<string, unknown> {
  const read = load(path, content);
  if (read.verdict !== 'agent') throw new Error(JSON.stringify(read));
  return read.agent;
}

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
    expect(load('a.json', document)).toMatchObject({ idFrom });
  });

  test.each(['capabilities', 'configuration', 'monitoring', 'config'])('is told by a name and %s', (field) => {
    expect(agentOf('a.json', { name: 'X', [field]: {} })).toMatchObject({ id: 'x' });
  });

  test('may come from elsewhere than its path says', () => {
    const read = new ManifestLoader().load('link.json', '{"id":"x","name":"X"}', 'repo/x');
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

  test('with a misspelt field is invalid, which names it and its line', () => {
    expect(load('a.json', '{"id": "x",\n"name": "X",\n"capabilites": []}')).toEqual({
      verdict: 'invalid',
      reason: 'capabilites: is not a known field',
      line: 3,
      errors: [{ field: 'capabilites', rule: 'unknownField', message: 'is not a known field' }],
    });
  });

  test.each([
    ['config.priority', 5, { config: { priority: 11 } }],
    ['config.tools.1', 7, { config: { tools: ['Read', 5] } }],
    ['config.mcpServers', 5, { config: { mcp_servers: [7] } }],
    ['version', 4, { version: [2] }],
    ['config.priority', 5, { config: { priority: 'soon' } }],
    ['capacity.maxConcurrent', 5, { capacity: { max_concurrent: -1 } }],
    ['name', 3, { name: 'a\tb' }],
  ])('that breaks a rule in %s is invalid, and names the field and its line', (field, line, part) => {
    const read = load('a.json', JSON.stringify({ id: 'x', name: 'X', ...part }, null, 1));
    expect(read).toMatchObject({ verdict: 'invalid', line, errors: [{ field }] });
    expect(read).toMatchObject({ reason: expect.stringContaining(field) });
  });

  test('that has more to search than the registry can is invalid', () => {
    const core = Array.from({ length: 100 }, (_, index) => `capability-with-a-long-name-${index}`);
    expect(load('a.json', { id: 'x', name: 'X', capabilities: { core } })).toMatchObject({
      verdict: 'invalid',
      errors: [{ field: 'capabilities', rule: 'digestSize' }],
    });
  });

  test.each(['mcpServers', 'mcp_servers', 'mcp-servers'])('names a server once in %s, however often', (spelling) => {
    const agent = agentOf('a.json', { id: 'x', name: 'X', config: { [spelling]: ['m', 'n', 'm'] } });
    expect(agent.config).toEqual({ mcpServers: ['m', 'n'] });
  });

  test('may define its MCP servers, of which no credential is kept', () => {
    const agent = agentOf('a.json', {
      id: 'x',
      name: 'X',
      config: { mcp_servers: { github: { command: 'npx', env: { TOKEN: 'hush' } }, docs: null } },
    });
    expect(agent.config).toEqual({
      mcpServers: ['github', 'docs'],
      mcpServerDefinitions: { github: { command: 'npx', requires: ['TOKEN'] } },
    });
  });

  test('whose bytes are no UTF-8 is invalid', () => {
    const bytes = Buffer.from('{"id":"x",\n"name":"\xff"}', 'latin1');
    expect(new ManifestLoader().load('a.json', bytes)).toMatchObject({ verdict: 'invalid', line: 2 });
  });

  test('may be UTF-16, or begin with a byte order mark', () => {
    const text = '\uFEFF{"id":"x","name":"Zoë"}';
    const little = Buffer.from(text, 'utf16le');
    for (const bytes of [Buffer.from(text), little, Buffer.from(little).swap16()]) {
      expect(new ManifestLoader().load('a.json', bytes)).toMatchObject({ verdict: 'agent', agent: { name: 'Zoë' } });
    }
    expect(load('a.json', text)).toMatchObject({ verdict: 'agent' });
  });

  test('has a reason that quotes nothing of the file where it is not JSON', () => {
    for (const text of ['{"id": hush}', '{"id": "x", "token": "hush" "y"}', '{"token": "hush', '["hush",]', 'hush']) {
      const read = load('a.json', text);
      expect(read).toMatchObject({ verdict: 'invalid', reason: expect.stringMatching(/^not valid JSON: .+/) });
      expect(JSON.stringify(read)).not.toContain('hush');
    }
  });

  test.each([
    ['a name that is no text', { id: 'x', name: 7 }],
    ['no name', { id: 'x', capabilities: [] }],
    ['an id that is no text', { id: 7, name: 'X' }],
    ['no name, but a config', { agent_id: 'x', config: {} }],
    ['two spellings that differ', { name: 'X', agent_id: 'a', id: 'b' }],
    ['control characters', { id: 'x', name: 'X', config: { description: 'a\u0007b' } }],
  ])('with %s is invalid', (_, manifest) => {
    expect(load('a.json', manifest)).toMatchObject({ verdict: 'invalid' });
  });

  test('nested deeper than any agent is invalid, not a crash', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const read = new ManifestLoader().load('a.json', `{"name":"X","config":${deep}}`);
    expect(read).toMatchObject({ verdict: 'invalid', reason: expect.stringContaining('32') });
  });
});

describe('a manifest by its place or $schema', () => {
  test.each([
    ['{"name":"Foo"}'],
    ['{"name":"Foo","type":"core","version":"1","dependencies":{},"capacity":{},"operatorMode":"enabled"}'],
    ['{"name":"Foo","relationships":{}}'],
  ])('is %s', (text) => {
    expect(load('crew/foo/manifest.json', text)).toMatchObject({ verdict: 'agent', agent: { name: 'Foo' } });
    expect(load('foo/manifest.json', text)).toMatchObject({ verdict: 'agent' });
    const $schema = 'https://example.com/agent-manifest.schema.json';
    expect(load('a.json', { $schema, ...JSON.parse(text) })).toMatchObject({ verdict: 'agent' });
    expect(load('a.json', text)).toMatchObject({ verdict: 'skipped' });
  });

  test.each([
    ['a browser extension', { manifest_version: 3, name: 'x', version: '1' }],
    ['a web app', { name: 'x', icons: [] }],
    ['a web app, too', { name: 'x', start_url: '/' }],
    ['a Teams app', { id: 'x', name: { short: 'x' }, version: '1' }],
    ['a plugin', { id: 'x', name: 'x', version: '1', minAppVersion: '1' }],
  ])('is not %s', (_, document) => {
    expect(load('ext/manifest.json', document)).toMatchObject({
      verdict: 'skipped',
    });
  });

  test('in the bucket never becomes none, whatever it lacks', () => {
    for (const text of ['{}', '{"id":"x"}', '{"name":"X","soil":1,"ph":2}', '']) {
      expect(load('manifests/x/manifest.json', text)).toMatchObject({ verdict: 'invalid' });
    }
    expect(load('manifests/x/manifest.json', '{"name":"X"}')).toMatchObject({ verdict: 'agent' });
  });
});

describe('a manifest that is not quite in the contract’s types is degraded', () => {
  test.each([
    ['config.priority', { config: { priority: 'high' } }, { config: { priority: 8 } }],
    ['config.priority', { config: { priority: '8' } }, { config: { priority: 8 } }],
    ['version', { version: 2 }, { version: '2' }],
    ['config.tools', { config: { tools: '*' } }, { config: { tools: ['*'] } }],
    ['config.tools', { config: { tools: 'Read, Write' } }, { config: { tools: ['Read', 'Write'] } }],
  ])('in %s', (field, said, agent) => {
    const read = load('a.json', { id: 'x', name: 'X', ...said });
    expect(read).toMatchObject({ agent, degraded: { reason: expect.stringContaining(field) } });
  });

  test('with fields that only the registry sets, which are left out', () => {
    const text = JSON.stringify(
      {
        agent_id: 'x',
        name: 'X',
        status: 'active',
        created_at: '2026',
        resources: { memory: 1 },
        performance: {},
        capacity: { max_concurrent: 3, current: 1 },
        config: {},
      },
      null,
      1,
    );
    expect(load('a.json', text)).toEqual({
      verdict: 'agent',
      idFrom: 'file',
      agent: { id: 'x', name: 'X', capacity: { maxConcurrent: 3 }, config: {}, filePath: 'a.json' },
      degraded: { reason: expect.stringMatching(/^status: .*created_at: .*capacity.current: /), line: 4 },
    });
  });
});

describe('JSON with comments', () => {
  test.each([
    ['tsconfig.base.json', '{"a": 1,}'],
    ['.vscode/settings.json', '{"a": 1,}'],
    ['.devcontainer/devcontainer.json', '{,}'],
    ['a.json', '{\n  // a comment\n  "a": 1\n}'],
    ['a.json', '/* a comment */ {}'],
    ['a.json', ' \n'],
  ])('in %s is skipped: %j', (path, text) => {
    expect(load(path, text)).toEqual({ verdict: 'skipped', reason: expect.any(String) });
  });

  test.each(['x-agent.json', 'agents/a.json', 'manifest.json', 'agent-card.json', 'server.json', 'service.json'])(
    'in %s is a broken file',
    (path) => {
      for (const text of ['// a comment\n{}', '']) expect(load(path, text)).toMatchObject({ verdict: 'invalid' });
    },
  );
});

describe('an A2A agent card', () => {
  test('without skills is one by its protocol, and degraded where it lacks a description', () => {
    const { skills: _, ...bare } = CARD;
    expect(load('c.json', bare)).toMatchObject({ verdict: 'agent', agent: { capabilities: { core: [] } } });
    const { description: __, ...silent } = CARD;
    for (const card of [silent, { ...silent, description: ' ' }]) {
      expect(load('c.json', card)).toMatchObject({ degraded: { reason: 'it has no description' } });
    }
    expect(load('c.json', CARD)).not.toHaveProperty('degraded');
  });

  test('whose version is a number has it as a text', () => {
    expect(load('c.json', { ...CARD, version: 1.5 })).toMatchObject({ agent: { version: '1.5' }, degraded: {} });
  });

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

  test('of protocol 1.0 has interfaces in place of an address', () => {
    const { url, protocolVersion: _, ...rest } = CARD;
    const supportedInterfaces = [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }];
    expect(agentOf('c.json', { ...rest, supportedInterfaces })).toMatchObject({
      name: 'Harbour Pilot',
      capabilities: { core: ['guide_ship', 'read_tides'] },
      config: { a2a: { supportedInterfaces } },
    });
    expect(agentOf('c.json', { name: 'Bare', supportedInterfaces })).toMatchObject({ capabilities: { core: [] } });
  });

  test('that says more than the registry takes is degraded, and keeps what fits', () => {
    const skills = Array.from({ length: 300 }, (_, index) => ({ id: `skill-${index}`, tags: ['t'.repeat(200)] }));
    const read = load('c.json', { ...CARD, name: `${'n'.repeat(200)}`, version: 3, skills, iconUrl: 'a\u0007b' });
    expect(read).toMatchObject({
      verdict: 'agent',
      degraded: { reason: expect.stringContaining('capabilities.core') },
    });
    if (read.verdict !== 'agent') return;
    expect(() => validateAgentDocument(read.agent)).not.toThrow();
    expect(read.agent).toMatchObject({ name: 'n'.repeat(128), config: { a2a: { iconUrl: 'ab' } } });
    expect(read.agent.version).toBe('3');
  });

  test('without a name that is text is invalid', () => {
    expect(load('c.json', { ...CARD, name: 3 })).toMatchObject({
      verdict: 'invalid',
    });
  });
});

describe('what is no agent is skipped', () => {
  test.each([
    ['a README', 'README.md', '# Roses\n\nA garden.'],
    ['a plugin', 'plugin.json', '{"name":"x","version":"1","description":"d","author":{"name":"y"},"skills":["./s"]}'],
    ['settings', '.claude/settings.json', '{"permissions":{"allow":["Read"]},"hooks":{}}'],
    ['a list of MCP servers', '.mcp.json', '{"mcpServers":{"x":{"command":"npx"}}}'],
    ['a lock file', 'package-lock.json', '{"name":"x","version":"1","lockfileVersion":3,"packages":{"":{"name":"x"}}}'],
    ['a browser extension', 'manifest.json', '{"manifest_version":3,"name":"x","version":"1","permissions":[]}'],
    ['a web app', 'manifest.json', '{"id":"/","name":"x","icons":[],"start_url":"/","display":"standalone"}'],
    ['a compiler’s settings', 'tsconfig.json', '{"compilerOptions":{"strict":true}}'],
    ['a person', 'resume.json', '{"name":"Ann","url":"https://ann.example.com","skills":["reading"]}'],
    ['a record of another kind', 'shop/1.json', '{"id":"x","name":"Rake","price":3,"stock":4,"sku":"r"}'],
    ['a number', 'a.json', '7'],
    ['front matter that is empty', 'a.md', '---\n---\ntext'],
    ['front matter that names no agent', 'a.md', '---\ntitle: Roses\n---\n'],
    ['front matter that is a sentence', 'a.md', '---\nhello\n---\n'],
    ['a list of records', 'a.json', '[{"name":"x"}]'],
    ['a package.json', 'package.json', '{"name":"x","version":"1.0.0","type":"module","scripts":{},"dependencies":{}}'],
    ['a minimal package.json', 'package.json', '{"name":"x","version":"1.0.0","dependencies":{"y":"1"}}'],
    ['a module', 'package.json', '{"name":"x","type":"module"}'],
    ['a package with a config', 'package.json', '{"name":"x","version":"1.0.0","config":{"port":1},"scripts":{}}'],
    ['a package that has nothing but what agents have', 'x/package.json', '{"name":"x","version":"1.0.0","config":{}}'],
    ['nothing but a name', 'a.json', '{"name":"x"}'],
    ['a record with an id', 'a.json', '{"id":"x","title":"X"}'],
    ['a schema', 'a.json', '{"$schema":"https://json-schema.org/draft-07/schema#","definitions":{}}'],
    ['another kind of file', 'LICENSE', 'MIT'],
  ])('%s', (_, path, text) => {
    expect(new ManifestLoader().load(path, text)).toEqual({ verdict: 'skipped', reason: expect.any(String) });
  });
});

test('JSON that breaks off is invalid, with its line', () => {
  expect(new ManifestLoader().load('a.json', '{"name":"x",\n "config" {}}')).toMatchObject({
    verdict: 'invalid',
    line: 2,
  });
  expect(new ManifestLoader().load('a.json', '{"name":')).toMatchObject({ verdict: 'invalid' });
});
