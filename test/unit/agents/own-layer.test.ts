import { describe, expect, test } from '@jest/globals';
import type { Layer } from '../../../lambdas/agents/agent-record.ts';
import { ownLayer, patchOver } from '../../../lambdas/agents/own-layer.ts';
import { aLayer, START } from '../../support/agents.ts';
import { brokenRules } from '../../support/errors.ts';

const POLICY = { allowedTools: ['Read'], maxAgentMemory: 1024, allowedHosts: [] };
const patching = (layers: readonly Layer[], patch: Record<string, unknown>) =>
  patchOver(layers, patch, POLICY, START + 1);

describe("the API's own layer", () => {
  test('keeps the document without what it says about the request', () => {
    const document = {
      id: 'a',
      name: 'a',
      conflictResolution: 'reject',
      config: { conflictResolution: 'merge' },
    } as const;

    expect(ownLayer(document, START)).toEqual({
      source: 'dynamodb',
      origin: null,
      updatedAt: '2026-11-21T10:00:00.000Z',
      document: { name: 'a', config: { conflictResolution: 'merge' } },
      removed: [],
    });
  });
});

describe('a patch over the layers of an agent', () => {
  const manifest = aLayer({ name: 'a', config: { color: 'red', priority: 3 } }, { source: 's3', origin: 'key' });

  test('makes a layer of its own over a manifest, and leaves the manifest alone', () => {
    const { layers, document } = patching([manifest], { config: { color: null, priority: 9 } });

    expect(layers[0]).toBe(manifest);
    expect(layers[1]).toMatchObject({
      source: 'dynamodb',
      removed: [['config', 'color']],
      updatedAt: '2026-11-21T10:00:00.001Z',
    });
    expect(document).toEqual({ name: 'a', config: { priority: 9 } });
  });

  test('changes the layer that is there', () => {
    const { layers, document } = patching([aLayer({ name: 'a', type: 'core' })], { type: 'utility' });

    expect(layers).toHaveLength(1);
    expect(document).toEqual({ name: 'a', type: 'utility' });
  });

  test('is held against the schema as a whole', () => {
    expect(brokenRules(() => patching([manifest], { name: null }))).toEqual(['name required']);
    expect(brokenRules(() => patching([manifest], { config: { priority: 99 } }))).toEqual(['config.priority maximum']);
  });

  test('goes through the checks of a registration', () => {
    expect(brokenRules(() => patching([manifest], { config: { tools: ['Write'] } }))).toEqual([
      'config.tools.0 toolPermission',
    ]);
  });
});
