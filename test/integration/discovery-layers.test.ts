import { describe, expect, jest, test } from '@jest/globals';
import type { AgentLayers } from '../../lambdas/agents/agent-layers-schema.ts';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import type { LayerAnswer } from '../../lambdas/discovery/layer-request.ts';
import { call, unique } from '../support/api.ts';
import { bucketOfOurOwn, originIn, putManifest, reload } from '../support/deployed-bucket.ts';
import { keyOf } from '../support/hot-reload.ts';

jest.setTimeout(120_000);

/** Nothing moves by itself in these tests: what follows the bucket is asked to. */
bucketOfOurOwn({ off: ['reload-poll', 'manifest-events'] });

const agentPath = (id: string) => `/registry/agents/${id}`;
const filePath = (id: string) => `${agentPath(id)}/layers/filesystem`;
const originOf = (id: string) => `platform/.claude/agents/${id}.md`;

const aDocument = (id: string, more: object = {}) => ({
  name: id,
  capabilities: ['reviewing'],
  config: { priority: 4, color: 'green' },
  ...more,
});

const lay = (id: string, body: object, headers: Record<string, string> = {}) =>
  call<LayerAnswer & { errors: { field: string; rule: string }[] }>('PUT', filePath(id), body, headers);
const layFile = (id: string, more: object = {}) => lay(id, { origin: originOf(id), document: aDocument(id, more) });
const take = (id: string, origin = originOf(id), headers: Record<string, string> = {}) =>
  call('DELETE', `${filePath(id)}?origin=${encodeURIComponent(origin)}`, undefined, headers);
const get = (id: string) => call<Agent>('GET', agentPath(id));
const layersOf = async (id: string) => (await call<AgentLayers>('GET', `${agentPath(id)}/layers`)).body;
const tagOf = async (id: string): Promise<string> => {
  const { layers } = await layersOf(id);
  return layers.find(({ source }) => source === 'filesystem')?.etag ?? '';
};

describe('the layer of a file', () => {
  test('registers an agent, changes it, and says when it says nothing new', async () => {
    const id = unique('filed');
    const created = await layFile(id);
    expect([created.status, created.body]).toMatchObject([
      200,
      { outcome: 'created', agent: { id, name: id, revision: 1, owner: 'anonymous' }, warnings: [] },
    ]);
    expect((await get(id)).body).toEqual(created.body.agent);

    expect((await layFile(id)).body).toEqual({ ...created.body, outcome: 'unchanged' });
    const updated = await layFile(id, { version: '2.0.0' });
    expect(updated.body).toMatchObject({ outcome: 'updated', agent: { version: '2.0.0', revision: 2 } });
    expect((await get(id)).body).toEqual(updated.body.agent);
  });

  test('does not bring back what a call has deregistered, until it says something else', async () => {
    const id = unique('dismissed');
    await layFile(id);
    expect((await call('DELETE', agentPath(id))).status).toBe(204);

    expect((await layFile(id)).body).toEqual({ outcome: 'dismissed', agent: null, warnings: [] });
    expect((await get(id)).status).toBe(404);
    expect((await layFile(id, { version: '2.0.0' })).body).toMatchObject({
      outcome: 'created',
      agent: { revision: 3 },
    });
  });

  test('may be written on condition of what it was', async () => {
    const id = unique('conditional');
    const body = (version: string) => ({ origin: originOf(id), document: aDocument(id, { version }) });
    expect((await lay(id, body('1'), { 'If-None-Match': '*' })).body.outcome).toBe('created');
    expect((await lay(id, body('2'), { 'If-None-Match': '*' })).status).toBe(412);

    const first = await tagOf(id);
    expect((await lay(id, body('2'), { 'If-Match': first })).body.outcome).toBe('updated');
    expect((await lay(id, body('3'), { 'If-Match': first })).status).toBe(412);
    expect((await take(id, undefined, { 'If-Match': first })).status).toBe(412);
    expect((await get(id)).body).toMatchObject({ version: '2', revision: 2 });

    for (const [header, value] of [
      ['If-Match', '"r1"'],
      ['If-None-Match', '"x"'],
    ] as const) {
      const { status, body: problem } = await lay(id, body('4'), { [header]: value });
      expect([status, problem.errors]).toMatchObject([400, [{ rule: 'etag' }]]);
    }
    expect((await take(id, undefined, { 'If-Match': await tagOf(id) })).status).toBe(204);
  });

  test('belongs to one file, which may move', async () => {
    const id = unique('moving');
    const [here, there] = [originOf(id), `platform/agents/${id}.md`];
    await lay(id, { origin: here, document: aDocument(id) });

    const other = await lay(id, { origin: there, document: aDocument(id) });
    expect([other.status, other.body.errors]).toMatchObject([409, [{ field: 'origin' }]]);
    expect((await take(id, there)).status).toBe(409);

    const moved = await lay(id, { origin: there, movedFrom: here, document: aDocument(id) });
    expect(moved.body).toMatchObject({ outcome: 'updated', agent: { id } });
    expect((await layersOf(id)).layers).toMatchObject([{ source: 'filesystem', origin: there }]);
    expect((await lay(id, { origin: here, document: aDocument(id) })).status).toBe(409);
    expect((await take(id, there)).status).toBe(204);
  });

  test.each([
    ['of another agent', (id: string) => ({ document: aDocument(id, { id: `${id}-other` }) }), 'document.id'],
    [
      'with a value out of bounds',
      (id: string) => ({ document: aDocument(id, { config: { priority: 99 } }) }),
      'config.priority',
    ],
    ['with a field that nobody may set', (id: string) => ({ document: aDocument(id, { revision: 7 }) }), 'revision'],
    [
      'with a forbidden address',
      (id: string) => ({
        document: aDocument(id, {
          monitoring: {
            metrics: [],
            healthCheck: { type: 'http', url: 'https://169.254.169.254/x', intervalSeconds: 30 },
          },
        }),
      }),
      'monitoring.healthCheck.url',
    ],
    ['without a name', () => ({ document: { capabilities: ['x'] } }), 'name'],
    ['without a document', () => ({}), 'document'],
    ['without an origin', (id: string) => ({ origin: undefined, document: aDocument(id) }), 'origin'],
    ['with a key of no meaning', (id: string) => ({ source: 's3', document: aDocument(id) }), 'source'],
  ])('%s is refused, and the field named', async (_, wrong, field) => {
    const id = unique('refused');
    const { status, body } = await lay(id, { origin: originOf(id), ...wrong(id) });
    expect([status, body.errors.map((error) => error.field)]).toEqual([400, [field]]);
    expect((await get(id)).status).toBe(404);
  });

  test('that is refused leaves what served before', async () => {
    const id = unique('spared');
    await layFile(id);
    expect((await layFile(id, { config: { tools: 'Read' } })).status).toBe(400);
    expect((await get(id)).body).toMatchObject({ revision: 1, config: { priority: 4 } });
  });

  test('whose name is taken gets another one, or is refused where it wants no other', async () => {
    const [holder, id] = [unique('holder'), unique('second')];
    await layFile(holder);
    const refused = await layFile(id, { name: holder, conflictResolution: 'reject' });
    expect([refused.status, refused.body.errors]).toMatchObject([409, [{ field: 'name' }]]);
    const renamed = await layFile(id, { name: holder, conflictResolution: 'rename' });
    expect(renamed.body.agent?.name).toMatch(new RegExp(`^${holder}-\\d+`));
  });

  test('may stand on what is not there yet, and says so', async () => {
    const id = unique('early');
    const { body } = await layFile(id, { dependencies: { services: [], agents: [unique('nobody')] } });
    expect(body).toMatchObject({ outcome: 'created', warnings: [{ field: 'dependencies.agents.0' }] });
  });

  test('that is not there cannot be taken away, nor one of no file', async () => {
    expect((await take(unique('nobody'))).status).toBe(404);
    const { status, body } = await call('DELETE', filePath(unique('nobody')));
    expect([status, body.errors]).toMatchObject([400, [{ field: 'origin' }]]);
  });
});

describe('the layers of an agent', () => {
  test('lie over one another, each field with its source, and come to light again', async () => {
    const id = unique('layered');
    await putManifest(id, { config: { priority: 2, color: 'red' } });
    await reload();
    await layFile(id, { name: `Agent ${id}`, config: { priority: 4, color: 'green' } });
    await call('PUT', agentPath(id), { config: { priority: 8 } });

    const { layers, provenance, revision } = await layersOf(id);
    expect(layers.map(({ source, origin }) => [source, origin])).toEqual([
      ['s3', originIn(keyOf(id))],
      ['filesystem', originOf(id)],
      ['dynamodb', null],
    ]);
    expect(provenance).toMatchObject({
      version: 's3',
      name: 'filesystem',
      'config.color': 'filesystem',
      'config.priority': 'dynamodb',
    });
    expect((await get(id)).body).toMatchObject({ revision, config: { priority: 8, color: 'green' } });

    expect((await take(id)).status).toBe(204);
    expect((await get(id)).body).toMatchObject({ revision: revision + 1, config: { priority: 8, color: 'red' } });
    expect((await layersOf(id)).provenance).toMatchObject({ name: 's3', 'config.color': 's3' });
  });

  test('gone to the last, there is no agent', async () => {
    const id = unique('bare');
    await layFile(id);
    expect((await take(id)).status).toBe(204);
    expect((await get(id)).status).toBe(404);
    expect((await call('GET', `${agentPath(id)}/layers`)).status).toBe(404);
    expect((await take(id)).status).toBe(404);
  });

  test('are not sent again to who has them', async () => {
    const id = unique('cached');
    await layFile(id);
    const path = `${agentPath(id)}/layers`;
    const tag = (await call('GET', path)).headers.get('etag') as string;
    expect((await call('GET', path, undefined, { 'If-None-Match': tag })).status).toBe(304);

    await layFile(id, { version: '2.0.0' });
    const again = await call<AgentLayers>('GET', path, undefined, { 'If-None-Match': tag });
    expect([again.status, again.body.layers]).toMatchObject([200, [{ document: { version: '2.0.0' } }]]);
  });
});
