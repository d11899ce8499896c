import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import { call, unique } from '../support/api.ts';
import { type Consumer, consumeEvents, eventIdsOf } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';

const register = (document: object, headers = {}) => call<Agent>('POST', '/registry/agents', document, headers);
const search = (body: object) => call<AgentPage>('POST', '/registry/search', body);
const idsOf = ({ body }: { body: AgentPage }) => body.agents.map(({ id }) => id);

describe('an agent on the deployed registry', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await consumeEvents();
  });
  afterAll(() => consumer.remove());

  test('is registered, stored, announced, found, changed and removed', async () => {
    const id = unique('agent');
    const capability = unique('capability');

    const registered = await register({ id, name: id, capabilities: [capability], config: { priority: 7, own: null } });
    expect(registered.status).toBe(201);
    expect(registered.body).toMatchObject({ id, revision: 1, owner: 'anonymous', config: { priority: 7, own: null } });
    expect(registered.headers.get('location')).toBe(`/registry/agents/${id}`);

    const stored = await call<Agent>('GET', `/registry/agents/${id}`);
    expect(stored.body).toEqual(registered.body);
    expect(stored.headers.get('etag')).toBe(registered.headers.get('etag'));

    await eventually(async () => expect(idsOf(await search({ capabilities: [capability] }))).toEqual([id]));

    const changed = await call<Agent>('PUT', `/registry/agents/${id}`, { operatorMode: 'maintenance' });
    expect(changed.body).toMatchObject({ revision: 2, status: 'unavailable', state: 'maintenance' });
    const listed = () => call<AgentPage>('GET', `/registry/agents?capability=${capability}&status=maintenance`);
    await eventually(async () => expect(idsOf(await listed())).toEqual([id]));

    expect((await call('DELETE', `/registry/agents/${id}`)).status).toBe(204);
    expect((await call('GET', `/registry/agents/${id}`)).status).toBe(404);
    await eventually(async () => expect((await search({ capabilities: [capability] })).body.total).toBe(0));

    const events = await eventually(async () => {
      const all = await consumer.drain();
      expect(eventIdsOf(all, [id])).toEqual([`${id}#1`, `${id}#2`, `${id}#3`]);
      return all.filter(({ detail }) => detail.agentId === id);
    });
    expect(events.map((event) => [event['detail-type'], event.detail.revision, event.detail.changedFields])).toEqual([
      ['AgentRegistered', 1, []],
      ['AgentUpdated', 2, ['operatorMode']],
      ['AgentUnregistered', 3, []],
    ]);
  });

  test('that is registered again under its id goes on from its tombstone, and old readers follow', async () => {
    const id = unique('phoenix');
    const capability = unique('rising');
    const first = await register({ id, name: id, capabilities: [capability] });
    const oldTag = first.headers.get('etag') as string;
    await eventually(async () => expect(idsOf(await search({ capabilities: [capability] }))).toEqual([id]));

    await call('DELETE', `/registry/agents/${id}`);
    const second = await register({ id, name: id, capabilities: [capability], config: { priority: 9 } });
    expect(second).toMatchObject({ status: 201, body: { revision: 3 } });

    const refused = await call('PUT', `/registry/agents/${id}`, { config: { priority: 1 } }, { 'If-Match': oldTag });
    expect(refused.status).toBe(412);
    expect((await call('DELETE', `/registry/agents/${id}`, undefined, { 'If-Match': oldTag })).status).toBe(412);
    await eventually(async () => {
      const { body } = await search({ capabilities: [capability] });
      expect(body.agents).toMatchObject([{ id, revision: 3, priority: 9 }]);
    });
  });

  test('that is updated with nothing new keeps its revision and is not announced', async () => {
    const id = unique('still');
    const before = await register({ id, name: id, config: { priority: 4 } });
    const after = await call<Agent>('PUT', `/registry/agents/${id}`, {
      name: id,
      config: { priority: 4, color: null },
    });
    expect(after.body).toEqual(before.body);
    await call('PUT', `/registry/agents/${id}`, { version: '2.0.0' });
    await eventually(async () => {
      expect(eventIdsOf(await consumer.drain(), [id])).toEqual([`${id}#1`, `${id}#2`]);
    });
  });

  test('of the first specification is taken under its old names', async () => {
    const id = unique('old');
    const { body } = await register({
      agent_id: id,
      name: id,
      file_path: '/root/repo/.claude/agents/x.md',
      config: { mcp_servers: ['context7'], resource_limit: '1024mb', conflict_resolution: 'reject' },
    });
    expect(body).toMatchObject({
      id,
      filePath: '/root/repo/.claude/agents/x.md',
      config: { mcpServers: ['context7'], resourceLimit: '1024mb', conflictResolution: 'reject' },
    });
  });

  test('is listed in pages that a cursor or an offset walks', async () => {
    const domain = unique('domain');
    const ids = Array.from({ length: 7 }, (_, n) => `${domain}-${n}`);
    await Promise.all(ids.map((id) => register({ id, name: id, capabilities: { domains: [domain] } })));
    const path = `/registry/agents?domain=${domain}&limit=3`;
    await eventually(async () => expect((await call<AgentPage>('GET', path)).body.total).toBe(7));

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page: { body: AgentPage } = await call<AgentPage>('GET', cursor ? `${path}&cursor=${cursor}` : path);
      seen.push(...idsOf(page));
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(ids);
    expect(idsOf(await call<AgentPage>('GET', `${path}&offset=5`))).toEqual(ids.slice(5));
  });

  test('counts in the statistics, whose index tells its age', async () => {
    const id = unique('counted');
    await register({ id, name: id, capabilities: { core: [id], actions: [id] } });
    await eventually(async () => {
      const { body, headers } = await call('GET', '/registry/stats');
      expect(body).toMatchObject({ capabilityDistribution: { [id]: 1 }, actionDistribution: { [id]: 1 } });
      expect(Number(headers.get('registry-index-age'))).toBeLessThanOrEqual(1_000);
    });
  });
});
