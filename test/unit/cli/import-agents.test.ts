import { describe, expect, test } from '@jest/globals';
import { importAgents } from '../../../bin/cli/import-agents.ts';
import { FakeRegistry } from './fake-registry.ts';

type Files = Record<string, string | object | Error>;

/**
 * Imports files with these contents from `repo/`; objects are written as JSON, an error is what reading them throws.
 */
function importing(registry: FakeRegistry, files: Files, onResult: () => void = () => {}) {
  const found = Object.entries(files).map(([path, content]) => ({
    path,
    place: path,
    origin: `repo/${path}`,
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
      { ...MANIFEST, capabilities: { core: ['walls'] }, config: { mcpServers: ['quarry'] }, filePath: 'repo/m.json' },
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
    registry.put({ id: 'gardener', name: 'gardener', filePath });
    const before = registry.agent('gardener');
    const [result] = await importing(registry, { 'site/gardener.md': GARDENER });
    expect(result).toMatchObject({ verdict: 'registered', id: 'gardener-site' });
    expect(registry.agent('gardener')).toEqual(before);
    expect(await verdicts(registry, { 'site/gardener.md': GARDENER })).toEqual({ 'site/gardener.md': 'unchanged' });
  });

  test('fails a manifest whose id belongs to another file, by that one', async () => {
    const registry = new FakeRegistry();
    registry.put({ id: 'mason', name: 'Mason', filePath: 'elsewhere/manifest.json' });
    expect(await importing(registry, { 'mason.json': MANIFEST })).toEqual([
      {
        path: 'mason.json',
        verdict: 'failed',
        id: 'mason',
        reason: 'its id mason belongs to the agent of elsewhere/manifest.json',
      },
    ]);
    expect(registry.writes).toEqual([]);
  });

  test('one after the other gives what an import together gives: copies are one agent', async () => {
    const together = new FakeRegistry();
    const both = { 'a/g.md': GARDENER, 'b/g.md': GARDENER, 'a/m.json': MANIFEST, 'b/m.json': MANIFEST };
    await importing(together, both);
    const registry = new FakeRegistry();
    await importing(registry, { 'a/g.md': GARDENER, 'a/m.json': MANIFEST });
    expect(await importing(registry, { 'b/g.md': GARDENER, 'b/m.json': MANIFEST })).toEqual([
      { path: 'b/g.md', verdict: 'same', of: 'repo/a/g.md' },
      { path: 'b/m.json', verdict: 'same', of: 'repo/a/m.json' },
    ]);
    expect(registry.ids()).toEqual(together.ids());
    expect(registry.writes.map(({ body }) => body)).toEqual(together.writes.map(({ body }) => body));
  });

  test('takes no document that the registry would refuse for a copy', async () => {
    const registry = new FakeRegistry();
    registry.put({ id: 'odd', name: 'Odd', filePath: null });
    const odd = { id: 'odd', name: 'Odd', capabilities: 7, config: 'none', monitoring: [], relationships: 'x' };
    expect(await verdicts(registry, { 'odd.json': odd })).toEqual({ 'odd.json': 'invalid' });
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
      { path: 'a.md', verdict: 'invalid', reason: expect.stringContaining('YAML'), line: 2 },
      { path: 'b.json', verdict: 'failed', reason: expect.stringContaining('the disk is gone') },
      { path: 'c.md', verdict: 'invalid', reason: expect.stringContaining('UTF-8'), line: 2 },
      { path: 'd.json', verdict: 'failed', id: 'refused', reason: 'Refused: by the test' },
      { path: 'e.md', verdict: 'skipped', reason: expect.any(String) },
      { path: 'f.md', verdict: 'registered', id: 'gardener' },
      { path: 'g.md', verdict: 'same', of: 'f.md' },
    ]);
  });

  test('tells what was mended in a file once, and of a service where it belongs', async () => {
    const registry = new FakeRegistry();
    const files = {
      'a.md': '---\nname: a\ndescription: b: c\n---\n',
      'server.json': { name: 'x/y', packages: [], version_detail: {} },
    };
    expect(await importing(registry, files)).toEqual([
      { path: 'a.md', verdict: 'registered', id: 'a', reason: expect.stringMatching(/^degraded: .*YAML/), line: 3 },
      { path: 'server.json', verdict: 'skipped', id: 'x-y', reason: expect.stringContaining('service') },
    ]);
    expect((await importing(registry, files))[0]).toEqual({ path: 'a.md', verdict: 'unchanged', id: 'a' });
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
