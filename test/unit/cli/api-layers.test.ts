import { describe, expect, test } from '@jest/globals';
import { createApiClient } from '../../../bin/cli/api-client.ts';
import { ApiLayers } from '../../../bin/cli/api-layers.ts';
import { ApiProblemError } from '../../../bin/cli/api-problem-error.ts';
import { ManifestRefusedError } from '../../../lambdas/discovery/declared-layers.ts';
import { ConflictError, PreconditionFailedError, UnavailableError } from '../../../lambdas/shared/errors.ts';
import { type RegistryServerOptions, registryServer } from './registry-server.ts';

const COOK = { id: 'cook', origin: 'crew/cook.md', document: { name: 'Cook' } };
const STALE = '"l-0123456789abcdef"';

async function layersOf(options: RegistryServerOptions = {}) {
  const registry = await registryServer(options);
  const layers = new ApiLayers(createApiClient({ baseUrl: registry.url, sleep: async () => undefined }));
  const tag = async () => (await layers.current('cook'))?.tag ?? null;
  return { registry, layers, tag, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

describe('layers behind the API', () => {
  test('are laid, seen, and taken away', async () => {
    await using api = await layersOf();
    expect(await api.layers.current('cook')).toBeUndefined();
    expect(await api.layers.put(COOK, null)).toEqual({ outcome: 'created', warnings: [] });
    expect(await api.layers.current('cook')).toEqual({ origin: COOK.origin, tag: expect.stringMatching(/^"l-/) });
    expect(await api.layers.put(COOK, await api.tag())).toMatchObject({ outcome: 'unchanged' });
    expect(await api.layers.remove(COOK, await api.tag())).toBe('uncovered');
    expect(await api.layers.remove(COOK, null)).toBe('absent');
    expect(await api.registry.ids()).toEqual([]);
  });

  test('are written only over what was read before', async () => {
    await using api = await layersOf();
    await expect(api.layers.put(COOK, STALE)).rejects.toThrow(PreconditionFailedError);
    await api.layers.put(COOK, null);
    const changed = { ...COOK, document: { name: 'Chef' } };
    await expect(api.layers.put(changed, null)).rejects.toThrow(PreconditionFailedError);
    await expect(api.layers.put(changed, STALE)).rejects.toThrow(PreconditionFailedError);
    await expect(api.layers.remove(COOK, STALE)).rejects.toThrow(PreconditionFailedError);
    await expect(api.layers.remove(COOK, null)).rejects.toThrow(PreconditionFailedError);
    expect(await api.registry.agent('cook')).toMatchObject({ name: 'Cook', revision: 1 });
  });

  test('of another origin are left alone, unless that one has moved', async () => {
    await using api = await layersOf();
    await api.layers.put(COOK, null);
    const other = { ...COOK, origin: 'galley/cook.md' };
    await expect(api.layers.put(other, await api.tag())).rejects.toMatchObject({ step: 'conflict_detection' });
    await expect(api.layers.remove(other, await api.tag())).rejects.toThrow(ConflictError);
    const moved = { ...other, movedFrom: COOK.origin };
    await expect(api.layers.put(moved, await api.tag())).resolves.toMatchObject({ outcome: 'updated' });
    expect(await api.layers.current('cook')).toMatchObject({ origin: 'galley/cook.md' });
  });

  test('that a call dismissed are told as such, and forgotten when their file goes', async () => {
    await using api = await layersOf();
    await api.layers.put(COOK, null);
    await api.registry.deregister('cook');
    expect(await api.layers.put(COOK, null)).toMatchObject({ outcome: 'dismissed' });
    expect(await api.layers.remove(COOK, null)).toBe('forgotten');
    expect(await api.layers.put(COOK, null)).toMatchObject({ outcome: 'created' });
  });

  test('belong to their id, whatever their document asks for', async () => {
    await using api = await layersOf();
    await api.layers.put({ ...COOK, id: 'cook-crew', document: { id: 'cook', name: 'cook-crew' } }, null);
    expect(await api.registry.ids()).toEqual(['cook-crew']);
  });
});

describe('what the API refuses', () => {
  test('names the step and the fields', async () => {
    await using api = await layersOf({
      validation: { handshake: async () => ({ alive: false, reason: 'is silent' }) },
    });
    const quarry = { type: 'http', url: 'https://quarry.example.com/mcp' };
    const config = { mcpServers: ['quarry'], mcpServerDefinitions: { quarry } };
    const refused = await api.layers.put({ ...COOK, document: { name: 'Cook', config } }, null).catch((error) => error);
    expect(refused).toBeInstanceOf(ManifestRefusedError);
    expect(refused).toMatchObject({ step: 'mcp_server_connectivity', message: expect.stringContaining('is silent') });
  });

  test.each([
    ['a document that breaks a rule', { ...COOK, document: { name: 'Cook', colour: 'red' } }],
    ['an id that cannot be one', { ...COOK, id: 'No Id' }],
  ])('%s does not pass the first step', async (_, layer) => {
    await using api = await layersOf();
    await expect(api.layers.put(layer, null)).rejects.toMatchObject({ step: 'syntax_validation' });
  });

  test('warns with the step that the warning belongs to', async () => {
    await using api = await layersOf();
    const document = { name: 'Cook', config: { mcpServers: ['quarry'] }, dependencies: { agents: ['nobody'] } };
    const { warnings } = await api.layers.put({ ...COOK, document }, null);
    expect(warnings.map(({ step, field }) => [step, field])).toEqual([
      ['mcp_server_connectivity', 'config.mcpServers.0'],
      ['conflict_detection', 'dependencies.agents.0'],
    ]);
  });
});

describe('trouble on the way', () => {
  test.each([429, 500, 503])('that may pass (%d) says so', async (status) => {
    await using api = await layersOf();
    api.registry.status = status;
    await expect(api.layers.current('cook')).rejects.toThrow(UnavailableError);
    await expect(api.layers.put(COOK, null)).rejects.toThrow(UnavailableError);
    await expect(api.layers.remove(COOK, null)).rejects.toThrow(UnavailableError);
  });

  test('that nobody answers may pass as well', async () => {
    const { registry, layers } = await layersOf();
    await registry[Symbol.asyncDispose]();
    await expect(layers.put(COOK, null)).rejects.toThrow(UnavailableError);
  });

  test.each([401, 403])('that the caller has no right (%d) stays what it is', async (status) => {
    await using api = await layersOf();
    api.registry.status = status;
    await expect(api.layers.put(COOK, null)).rejects.toThrow(ApiProblemError);
  });
});
