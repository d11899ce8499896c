import { describe, expect, test } from '@jest/globals';
import { importAgents } from '../../../bin/cli/import-agents.ts';
import { FakeRegistry } from './fake-registry.ts';

type Files = Record<string, string | object | Error>;

/** Imports files with these contents; objects are written as JSON, an error is what reading them throws. */
function importing(registry: FakeRegistry, files: Files, onResult: () => void = () => {}) {
  const found = Object.entries(files).map(([path, content]) => ({
    path,
    bytes: async () => {
      if (content instanceof Error) throw content;
      return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content), 'latin1');
    },
  }));
  return importAgents(found, registry, onResult);
}

const verdicts = async (registry: FakeRegistry, files: Files) =>
  Object.fromEntries((await importing(registry, files)).map(({ path, verdict }) => [path, verdict]));

const CARD = {
  name: 'Harbour Pilot',
  description: 'Brings ships in.',
  version: '2.0.0',
  url: 'https://pilot.example.com',
  skills: [{ id: 'guide_ship', tags: ['tides'] }],
};
const GARDENER = '---\nname: gardener\ndescription: Prunes roses\ntools: Read, Write\npriority: 7\n---\nPrune.';
const MANIFEST = {
  id: 'mason',
  name: 'Mason',
  capabilities: ['walls'],
  config: { mcp_servers: ['quarry'], priority: 5 },
};
const FILES = { 'pilot.json': CARD, 'g.md': GARDENER, 'mason/manifest.json': MANIFEST };

describe('an import', () => {
  test('registers new agents, each with an Idempotency-Key of its own', async () => {
    const registry = new FakeRegistry();
    expect(await verdicts(registry, FILES)).toEqual({
      'pilot.json': 'registered',
      'g.md': 'registered',
      'mason/manifest.json': 'registered',
    });
    expect(registry.ids()).toEqual(['gardener', 'harbour-pilot', 'mason']);
    expect(new Set(registry.writes.map(({ headers }) => headers?.['idempotency-key'])).size).toBe(3);
  });

  test('writes nothing when it is repeated', async () => {
    const registry = new FakeRegistry();
    await importing(registry, FILES);
    registry.writes.length = 0;
    expect(new Set(Object.values(await verdicts(registry, FILES)))).toEqual(new Set(['unchanged']));
    expect(registry.writes).toEqual([]);
  });

  test('sends only what differs, and deletes what the file no longer says', async () => {
    const registry = new FakeRegistry();
    await importing(registry, { 'g.md': GARDENER });
    const changed = '---\nname: gardener\ndescription: Prunes hedges\ntools: Read, Write\n---\nPrune.';
    expect(await verdicts(registry, { 'g.md': changed })).toEqual({ 'g.md': 'updated' });
    expect(registry.writes.at(-1)).toMatchObject({
      method: 'PUT',
      path: '/registry/agents/gardener',
      body: { config: { description: 'Prunes hedges', priority: null } },
    });
    expect(await verdicts(registry, { 'g.md': changed })).toEqual({ 'g.md': 'unchanged' });
  });

  test('leaves alone how an operator runs the agent', async () => {
    const registry = new FakeRegistry();
    await importing(registry, { 'g.md': GARDENER });
    await registry.call({ method: 'PUT', path: '/registry/agents/gardener', body: { operatorMode: 'maintenance' } });
    expect(await verdicts(registry, { 'g.md': GARDENER })).toEqual({ 'g.md': 'unchanged' });
  });

  test('takes a name that was given in place of a taken one for no difference', async () => {
    const registry = new FakeRegistry();
    registry.put(
      { ...MANIFEST, capabilities: { core: ['walls'] }, config: { mcpServers: ['quarry'] }, filePath: 'm.json' },
      'Mason-1764000000000',
    );
    expect(await verdicts(registry, { 'm.json': MANIFEST })).toEqual({ 'm.json': 'unchanged' });
    expect(await verdicts(registry, { 'm.json': { ...MANIFEST, name: 'Builder' } })).toEqual({ 'm.json': 'updated' });
    expect(registry.writes.map(({ body }) => body)).toEqual([{ name: 'Builder' }]);
  });

  test.each([
    ['another file', 'elsewhere/manifest.json'],
    ['a call without a file', null],
  ])('never touches an agent that came from %s', async (_, filePath) => {
    const registry = new FakeRegistry();
    registry.put({ id: 'mason', name: 'Mason', filePath });
    const before = registry.agent('mason');
    const [result] = await importing(registry, { 'site/mason.json': MANIFEST });
    expect(result).toMatchObject({ verdict: 'registered', id: 'mason-site' });
    expect(registry.agent('mason')).toEqual(before);
    expect(await verdicts(registry, { 'site/mason.json': MANIFEST })).toEqual({ 'site/mason.json': 'unchanged' });
  });

  test('goes on past files that are broken, unreadable, no text, or refused', async () => {
    const registry = new FakeRegistry();
    registry.refuse('refused', 500);
    const results = await importing(registry, {
      'a.md': '---\nname: [\n---\n',
      'b.json': new Error('the disk is gone'),
      'c.md': '---\nname: \xff\n---\n',
      'd.json': { id: 'refused', name: 'Refused' },
      'e.md': '# Notes',
      'f.md': GARDENER,
      'g.md': GARDENER,
    });
    expect(results).toEqual([
      { path: 'a.md', verdict: 'invalid', reason: expect.stringContaining('YAML'), line: 3 },
      { path: 'b.json', verdict: 'failed', reason: expect.stringContaining('the disk is gone') },
      { path: 'c.md', verdict: 'invalid', reason: expect.stringContaining('UTF-8') },
      { path: 'd.json', verdict: 'failed', id: 'refused', reason: 'Refused: by the test' },
      { path: 'e.md', verdict: 'skipped', reason: expect.any(String) },
      { path: 'f.md', verdict: 'registered', id: 'gardener' },
      { path: 'g.md', verdict: 'same', of: 'f.md' },
    ]);
  });

  test('tells of each file as it is done', async () => {
    let told = 0;
    const results = await importing(new FakeRegistry(), { ...FILES, 'x.md': '# X', 'y.json': new Error('no') }, () => {
      told += 1;
    });
    expect(told).toBe(results.length);
  });

  test('stops before it begins when the caller may not read', async () => {
    const registry = new FakeRegistry();
    registry.refuse('gardener', 403);
    await expect(importing(registry, { 'g.md': GARDENER })).rejects.toMatchObject({ status: 403 });
  });
});
