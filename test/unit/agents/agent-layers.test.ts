import { describe, expect, test } from '@jest/globals';
import { getLayers, provenanceOf } from '../../../lambdas/agents/agent-layers.ts';
import { AgentLayers } from '../../../lambdas/agents/agent-layers-schema.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { putLayer } from '../../../lambdas/agents/put-layer.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { NotFoundError } from '../../../lambdas/shared/errors.ts';
import { aContext, aLayer, registered } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { schemaValidator } from '../../support/schema-validator.ts';

const isView = schemaValidator(AgentLayers);

describe('the layers of an agent', () => {
  test('are shown as the API says: what each source says, where from, since when, and whose word each field is', async () => {
    const context = aContext();
    const { clock, store } = context;
    const s3 = { id: 'a', source: 's3', origin: 's3://b/k', actor: 'x', reason: 'x' } as const;
    await putLayer(context, { ...s3, document: { id: 'a', name: 'a', config: { color: 'red', priority: 2 } } });
    clock.advance(1_000);
    await updateAgent(context, { id: 'a', patch: { config: { color: null, priority: 3 } }, actor: 'x' });
    const view = await getLayers(store, 'a');

    expect(isView(view)).toBe(true);
    expect(view).toEqual({
      agentId: 'a',
      revision: 2,
      layers: [
        {
          source: 's3',
          origin: 's3://b/k',
          updatedAt: '2026-11-21T10:00:00.000Z',
          etag: expect.stringMatching(/^"l-[0-9a-f]{16}"$/),
          document: { name: 'a', config: { color: 'red', priority: 2 } },
          removed: [],
        },
        {
          source: 'dynamodb',
          origin: null,
          updatedAt: '2026-11-21T10:00:01.000Z',
          etag: expect.stringMatching(/^"l-[0-9a-f]{16}"$/),
          document: { config: { priority: 3 } },
          removed: ['config.color'],
        },
      ],
      provenance: { 'config.priority': 'dynamodb', name: 's3' },
    });
  });

  test('are those of somebody who is there', async () => {
    const context = aContext();
    expect(await rejectionOf(getLayers(context.store, 'a'))).toBeInstanceOf(NotFoundError);
    await registered(context, { id: 'a', name: 'a' });
    await deregisterAgent(context, { id: 'a', actor: 'x' });

    expect(await rejectionOf(getLayers(context.store, 'a'))).toBeInstanceOf(NotFoundError);
  });
});

describe('whose word a field is', () => {
  test('is told of lists and empty objects as a whole, in the order of the fields', () => {
    const provenance = provenanceOf([
      aLayer({ name: 'a', config: { tools: ['x', 'y'], empty: {} } }, { source: 's3' }),
      aLayer({ config: { tools: ['z'] } }, { source: 'filesystem' }),
    ]);

    expect(Object.entries(provenance)).toEqual([
      ['config.empty', 's3'],
      ['config.tools', 'filesystem'],
      ['name', 's3'],
    ]);
  });

  test('is the highest that says it, also where all say the same', () => {
    const layers = (['s3', 'filesystem', 'dynamodb', 'api'] as const).map((source) =>
      aLayer({ name: 'a' }, { source }),
    );

    expect(provenanceOf(layers)).toEqual({ name: 'api' });
    expect(provenanceOf([])).toEqual({});
  });
});
