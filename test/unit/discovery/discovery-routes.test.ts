import { beforeEach, describe, expect, test } from '@jest/globals';
import { getLayers } from '../../../lambdas/agents/agent-layers.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { DISCOVERY_ROUTES, type DiscoveryRoute } from '../../../lambdas/discovery/contract.ts';
import { discoveryRoutes } from '../../../lambdas/discovery/discovery-routes.ts';
import { DynamicAgentLoader, type ReloadOptions } from '../../../lambdas/discovery/dynamic-agent-loader.ts';
import { LayerAnswer } from '../../../lambdas/discovery/layer-request.ts';
import { RegistryLayers } from '../../../lambdas/discovery/registry-layers.ts';
import { ServiceRegistry } from '../../../lambdas/services/service-registry.ts';
import { apiHandler } from '../../../lambdas/shared/http/api-handler.ts';
import { aContext, registered, START, type TestContext } from '../../support/agents.ts';
import { aManifest, following, keyOf } from '../../support/hot-reload.ts';
import { type EventParts, invoke } from '../../support/http-events.ts';
import { MemoryLease, MemoryLeaseHolder } from '../../support/memory-lease.ts';
import { MemoryServiceStore } from '../../support/memory-service-store.ts';
import { schemaValidator } from '../../support/schema-validator.ts';
import { aService } from '../../support/services.ts';

const PUT = 'PUT /registry/agents/{id}/layers/filesystem';
const DELETE = 'DELETE /registry/agents/{id}/layers/filesystem';
const isAnswer = schemaValidator(LayerAnswer);

let context: TestContext;
let services: ServiceRegistry;
let followed: ReturnType<typeof following>;
let reloads: ReloadOptions[];
let api: ReturnType<typeof apiHandler>;
/** Who wrote layers, in order. */
let actors: string[];

beforeEach(() => {
  context = aContext();
  followed = following({ context });
  services = new ServiceRegistry(new MemoryServiceStore(), context.clock);
  reloads = [];
  actors = [];
  class WatchedLoader extends DynamicAgentLoader {
    override reload(options: ReloadOptions) {
      reloads.push(options);
      return super.reload(options);
    }
  }
  const loader = new WatchedLoader({
    sources: { s3: followed },
    lease: new MemoryLease(new MemoryLeaseHolder(), 'me', 1_000),
    counts: { load: async () => ({}), save: async () => undefined },
    clock: context.clock,
    pause: async () => undefined,
  });
  const routes = discoveryRoutes({
    loader,
    services,
    clock: context.clock,
    fileLayers: (actor) => {
      actors.push(actor);
      const validation = {
        store: context.store,
        policy: context.policy,
        findService: async () => undefined,
        handshake: async () => ({ alive: true }),
        unresolved: 'warn' as const,
      };
      return new RegistryLayers({ context, validation, source: 'filesystem', actor });
    },
  });
  api = apiHandler(routes, { allowAnonymous: true, optionalBody: ['POST /registry/reload'] });
});

/** An answer, as far as it is looked into. */
interface Told {
  readonly status: number;
  readonly body: {
    readonly outcome: string;
    readonly agent: { readonly name: string; readonly config: { readonly mcpServers: string[] } };
    readonly warnings: object[];
    readonly errors: { readonly field: string }[];
    readonly sources: { readonly s3: { readonly added: string[] } };
    readonly held: object[];
    readonly services: { readonly id: string }[];
    readonly nextCursor: string;
  };
}

async function call(route: DiscoveryRoute, parts: EventParts = {}): Promise<Told> {
  const { statusCode = 0, body } = await invoke(api, route, { params: { id: 'a' }, ...parts });
  return { status: statusCode, body: body ? JSON.parse(body) : undefined };
}

const aFile = (more: object = {}) => ({ origin: 'repo/a.md', document: { name: 'calendar' }, ...more });
const put = (body: unknown = aFile(), parts: EventParts = {}) => call(PUT, { body, ...parts });
const remove = (query: Record<string, string> = { origin: 'repo/a.md' }, parts: EventParts = {}) =>
  call(DELETE, { query, ...parts });
const tag = async () => (await getLayers(context.store, 'a')).layers[0]?.etag ?? '';

describe('the routes of discovery', () => {
  test('are those of the contract', () => {
    const ports = { loader: undefined as never, services, fileLayers: undefined as never, clock: context.clock };
    expect(Object.keys(discoveryRoutes(ports)).sort()).toEqual([...DISCOVERY_ROUTES].sort());
  });
});

describe('what a file says of an agent', () => {
  test('is laid, and answered with the agent as it is with it', async () => {
    const { status, body } = await put();

    expect([status, isAnswer(body), body.outcome, body.agent.name]).toEqual([200, true, 'created', 'calendar']);
    expect(await getLayers(context.store, 'a')).toMatchObject({
      layers: [{ source: 'filesystem', origin: 'repo/a.md' }],
    });
    expect((await put()).body).toMatchObject({ outcome: 'unchanged' });
    expect((await put(aFile({ document: { name: 'calendar', version: '2' } }))).body.outcome).toBe('updated');
    expect(actors).toEqual(['anonymous', 'anonymous', 'anonymous']);
  });

  test('may be said in the names of the first specification', async () => {
    const document = { agent_id: 'a', name: 'calendar', config: { mcp_servers: ['github'] } };

    expect((await put(aFile({ document }))).body.agent.config.mcpServers).toEqual(['github']);
  });

  test('keeps no credential of its servers, and none that is within our own network', async () => {
    const at = (url: string) => ({
      name: 'calendar',
      config: { 'mcp-servers': { m: { url, env: { TOKEN: 'hush' } } } },
    });
    const { status, body } = await put(aFile({ document: at('https://me:hush@mcp.example.com/') }));

    expect([status, body.agent.config.mcpServers]).toEqual([200, ['m']]);
    expect(JSON.stringify([body, await getLayers(context.store, 'a')])).not.toContain('hush');
    const refused = await put(aFile({ document: at('https://me:hush@169.254.169.254/') }));
    expect([refused.status, refused.body.errors[0]?.field]).toEqual([400, 'config.mcpServerDefinitions.m.url']);
    expect(JSON.stringify(refused)).not.toContain('hush');
  });

  test('is answered with what should be mended', async () => {
    const { body } = await put(aFile({ document: { name: 'a', dependencies: { agents: ['nobody'] } } }));

    expect(body.warnings).toEqual([
      { field: 'dependencies.agents.0', rule: 'missingAgent', message: 'there is no agent nobody' },
    ]);
    expect(isAnswer(body)).toBe(true);
  });

  test('does not bring back an agent that a call deregistered', async () => {
    await put();
    await deregisterAgent(context, { id: 'a', actor: 'operator' });

    expect((await put()).body).toEqual({ outcome: 'dismissed', agent: null, warnings: [] });
  });

  test('lies under what calls say, and over the bucket', async () => {
    await registered(context, { id: 'a', name: 'registered' });

    expect((await put()).body.agent.name).toBe('registered');
  });

  test.each<[string, unknown, string]>([
    ['nothing', '', ''],
    ['null', 'null', ''],
    ['no JSON', '{', ''],
    ['a list', [], ''],
    ['no origin', { document: {} }, 'origin'],
    ['an empty origin', aFile({ origin: '' }), 'origin'],
    ['an origin of two lines', aFile({ origin: 'a\nb' }), 'origin'],
    ['no document', { origin: 'a' }, 'document'],
    ['a document that is none', aFile({ document: [] }), 'document'],
    ['more than that', aFile({ force: true }), 'force'],
    ['another agent', aFile({ document: { id: 'b', name: 'b' } }), 'document.id'],
    ['two spellings', aFile({ document: { name: 'a', filePath: 'x', file_path: 'y' } }), 'filePath'],
    ['what breaks the schema', aFile({ document: { name: 'a', config: { priority: 99 } } }), 'config.priority'],
    ['no whole agent', aFile({ document: { version: '2' } }), 'name'],
  ])('is refused where the body is %s', async (_, body, field) => {
    const told = await put(body);

    expect(told.status).toBe(400);
    if (field !== '') expect(told.body.errors.map(({ field }) => field)).toContain(field);
    expect(context.store.changes()).toEqual([]);
  });

  test('is refused where it is another file’s, unless that one has become this', async () => {
    await put();
    expect(await put(aFile({ origin: 'repo/b.md' }))).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'origin' }] },
    });
    expect(await put(aFile({ origin: 'repo/b.md', movedFrom: 'repo/a.md' }))).toMatchObject({ status: 200 });
  });

  test('is refused under an id that is none, or with parameters', async () => {
    expect((await put(aFile(), { params: { id: '../a' } })).status).toBe(400);
    expect((await put(aFile(), { query: { force: 'true' } })).status).toBe(400);
  });

  test('may be conditional: on the layer that it replaces, or on there being none', async () => {
    expect((await put(aFile(), { headers: { 'If-None-Match': '*' } })).status).toBe(200);
    expect((await put(aFile(), { headers: { 'If-None-Match': '*' } })).status).toBe(412);
    const next = aFile({ document: { name: 'calendar', version: '2' } });
    const held = await tag();
    expect((await put(next, { headers: { 'If-Match': '"l-0000000000000000"' } })).status).toBe(412);
    expect((await put(next, { headers: { 'If-Match': held } })).status).toBe(200);
    expect((await put(aFile(), { headers: { 'If-Match': held } })).status).toBe(412);
  });

  test.each<Record<string, string>>([
    { 'If-Match': '*' },
    { 'If-Match': '"r1-abc"' },
    { 'If-Match': '"l-0000000000000000", "l-1111111111111111"' },
    { 'If-None-Match': '"l-0000000000000000"' },
    { 'If-Match': '"l-0000000000000000"', 'If-None-Match': '*' },
  ])('is refused under a condition that means nothing: %j', async (headers) => {
    expect((await put(aFile(), { headers })).status).toBe(400);
    expect((await remove(undefined, { headers })).status).toBe(400);
  });

  test('is answered 503 while the table is out of reach, with a word when to come again', async () => {
    context.store.hook = () => 'busy';
    const { statusCode, headers } = await invoke(api, PUT, { params: { id: 'a' }, body: aFile() });

    expect([statusCode, headers?.['Retry-After']]).toEqual([503, '1']);
  });
});

describe('a file that is gone', () => {
  test('takes with it what it said', async () => {
    await put();

    expect(await remove()).toEqual({ status: 204, body: undefined });
    expect((await remove()).status).toBe(404);
  });

  test('must be named, and be the one that said it', async () => {
    await put();
    expect(await remove({})).toMatchObject({ status: 400, body: { errors: [{ field: 'origin' }] } });
    expect((await remove({ origin: '' })).status).toBe(400);
    expect((await remove({ origin: 'repo/a.md', force: 'true' })).status).toBe(400);
    expect((await remove({ origin: 'repo/b.md' })).status).toBe(409);
    expect((await remove(undefined, { params: { id: 'A' } })).status).toBe(400);

    expect((await getLayers(context.store, 'a')).layers).toHaveLength(1);
  });

  test('may be conditional', async () => {
    await put();
    const held = await tag();
    expect((await remove(undefined, { headers: { 'If-Match': '"l-0000000000000000"' } })).status).toBe(412);
    expect((await remove(undefined, { headers: { 'If-Match': held } })).status).toBe(204);
  });

  test('is forgotten after its agent was deregistered by a call: the same file brings it back', async () => {
    await put();
    await deregisterAgent(context, { id: 'a', actor: 'operator' });

    expect((await remove()).status).toBe(204);
    expect((await put()).body).toMatchObject({ outcome: 'created' });
  });
});

describe('a reload by hand', () => {
  test('polls all, tries what was refused again, and ends before the gateway gives up', async () => {
    followed.source.put(keyOf('a'), aManifest('a'));
    const { status, body } = await call('POST /registry/reload');

    expect([status, body.sources.s3.added]).toEqual([200, ['a']]);
    expect(reloads).toEqual([{ confirmRemovals: false, retry: true, deadline: START + 20_000 }]);
  });

  test('lets go what is held when it says so', async () => {
    for (const id of ['a', 'b', 'c', 'd']) followed.source.put(keyOf(id), aManifest(id));
    await call('POST /registry/reload');
    for (const id of ['a', 'b', 'c']) followed.source.delete(keyOf(id));
    expect((await call('POST /registry/reload', { body: {} })).body.sources.s3).toMatchObject({ held: 3 });
    expect((await call('GET /registry/reload')).body.held).toMatchObject([{ source: 's3', count: 3, of: 4 }]);
    const { body } = await call('POST /registry/reload', { body: { confirmRemovals: true } });

    expect(body).toMatchObject({ sources: { s3: { removedCount: 3, held: 0 } }, status: { held: [] } });
  });

  test.each<[string, EventParts]>([
    ['a wish that is none', { body: { confirmRemovals: 'yes' } }],
    ['another wish', { body: { force: true } }],
    ['no JSON', { body: '{' }],
    ['parameters', { query: { force: 'true' } }],
  ])('is refused with %s', async (_, parts) => {
    expect((await call('POST /registry/reload', parts)).status).toBe(400);
    expect(reloads).toEqual([]);
  });

  test('shows no parameters of its status', async () => {
    expect((await call('GET /registry/reload', { query: { x: '1' } })).status).toBe(400);
  });
});

describe('the services', () => {
  test('are listed page by page', async () => {
    for (const id of ['a', 'b', 'c']) await services.put(aService({ id, name: id }), 'o');
    const first = await call('GET /registry/services', { query: { limit: '2' } });
    const second = await call('GET /registry/services', { query: { limit: '2', cursor: first.body.nextCursor } });

    expect([first, second].map(({ body }) => body.services.map(({ id }) => id))).toEqual([['a', 'b'], ['c']]);
    expect((await call('GET /registry/services', { query: { limit: '0' } })).status).toBe(400);
  });
});
