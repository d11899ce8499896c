import { describe, expect, jest, test } from '@jest/globals';
import type { ChangeFeed } from '../../lambdas/agents/change-feed-schema.ts';
import { registerAgent } from '../../lambdas/agents/register-agent.ts';
import { updateAgent } from '../../lambdas/agents/update-agent.ts';
import { firstUlidOf } from '../../lambdas/shared/ids.ts';
import { call, unique } from '../support/api.ts';
import { deployedTable } from '../support/deployed-table.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(120_000);

const feed = (since?: string, limit = 1_000) =>
  call<ChangeFeed>('GET', `/registry/changes?limit=${limit}${since ? `&since=${since}` : ''}`);
const search = (capability: string) =>
  call<{ total: number }>('POST', '/registry/search', { capabilities: [capability] });

/** Follows the feed from a cursor until it has shown these changes, and tells all that it showed of their agents. */
async function follow(since: string, wanted: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  const ids = wanted.map((change) => change.split('#')[0]);
  let cursor = since;
  await eventually(async () => {
    const { body } = await feed(cursor);
    cursor = body.cursor;
    seen.push(
      ...body.changes
        .filter(({ agentId }) => ids.includes(agentId))
        .map(({ agentId, revision }) => `${agentId}#${revision}`),
    );
    expect(seen).toEqual(expect.arrayContaining([...wanted]));
  });
  return seen;
}

const now = async (): Promise<string> => (await feed(firstUlidOf(Date.now() - 2_000))).body.cursor;

describe('the change feed', () => {
  test('shows what happened, one agent in the order of its revisions, and a page at a time', async () => {
    const start = await now();
    const id = unique('followed');
    await call('POST', '/registry/agents', { id, name: id });
    await call('PUT', `/registry/agents/${id}`, { config: { priority: 7 } });
    await call('DELETE', `/registry/agents/${id}`);
    expect(await follow(start, [`${id}#1`, `${id}#2`, `${id}#3`])).toEqual([`${id}#1`, `${id}#2`, `${id}#3`]);

    const pages: string[] = [];
    let cursor = start;
    for (let page = 0; page < 50; page += 1) {
      const { body } = await feed(cursor, 1);
      cursor = body.cursor;
      if (body.changes.length === 0) break;
      pages.push(
        ...body.changes.map(({ agentId, revision, type, changedFields }) =>
          [agentId, revision, type, changedFields].join(' '),
        ),
      );
    }
    expect(pages.filter((line) => line.startsWith(id))).toEqual([
      `${id} 1 AgentRegistered `,
      `${id} 2 AgentUpdated config.priority`,
      `${id} 3 AgentUnregistered `,
    ]);
  });

  test('shows a change whose id lies 30 s in the past, and so does every warm reader', async () => {
    const capability = unique('late');
    const start = await now();
    expect((await search(capability)).body.total).toBe(0);

    const slow = deployedTable({ clockOffset: -30_000 });
    const registered = await registerAgent(slow, {
      document: { name: capability, capabilities: { core: [capability] } },
      actor: 'slow',
    });
    const { id } = (registered as { agent: { id: string } }).agent;

    await eventually(async () => expect((await search(capability)).body.total).toBe(1));
    await follow(start, [`${id}#1`]);
  });

  test('keeps one agent in order even where its writers disagree about the time', async () => {
    const start = await now();
    const id = unique('torn');
    await registerAgent(deployedTable({}), { document: { id, name: id }, actor: 'right' });
    await updateAgent(deployedTable({ clockOffset: -20_000 }), { id, patch: { version: '2' }, actor: 'slow' });
    await updateAgent(deployedTable({}), { id, patch: { version: '3' }, actor: 'right' });
    expect(await follow(start, [`${id}#1`, `${id}#2`, `${id}#3`])).toEqual([`${id}#1`, `${id}#2`, `${id}#3`]);
  });

  test('tells a reader that was away too long', async () => {
    const { status, body } = await call('GET', `/registry/changes?since=${firstUlidOf(Date.now() - 8 * 86_400_000)}`);
    expect([status, body.type]).toEqual([410, 'urn:agent-registry:problem:gone']);
  });

  test('gives a cursor that moves on while nothing happens', async () => {
    const cursor = await now();
    await eventually(async () => expect((await feed(cursor)).body.cursor > cursor).toBe(true));
  });

  test('knows no cursor that lies ahead', async () => {
    expect((await call('GET', '/registry/changes?since=7ZZZZZZZZZZZZZZZZZZZZZZZZZ')).status).toBe(400);
  });
});
