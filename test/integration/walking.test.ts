import { expect, jest, test } from '@jest/globals';
import pMap from 'p-map';
import { deregisterAgent } from '../../lambdas/agents/deregister-agent.ts';
import { registerAgent } from '../../lambdas/agents/register-agent.ts';
import { updateAgent } from '../../lambdas/agents/update-agent.ts';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import { call, unique } from '../support/api.ts';
import { deployedTable } from '../support/deployed-table.ts';
import { eventually } from '../support/eventually.ts';

const AGENTS = 2_000;
const CHANGING = 200;
const AT_ONCE = { concurrency: 16 };
jest.setTimeout(300_000);

test(`a walk over ${AGENTS} agents by cursor while ${CHANGING} change loses and repeats none of the others`, async () => {
  const table = deployedTable({});
  const domain = unique('walk');
  const ids = Array.from({ length: AGENTS }, (_, n) => `${domain}-${String(n).padStart(4, '0')}`);
  const document = (id: string) => ({ id, name: id, capabilities: { domains: [domain] } });
  await pMap(ids, (id) => registerAgent(table, { document: document(id), actor: 'test' }), AT_ONCE);
  const path = `/registry/agents?domain=${domain}&limit=100`;
  await eventually(async () => expect((await call<AgentPage>('GET', path)).body.total).toBe(AGENTS));

  // Every tenth agent: half leave, half change; and as many come.
  const changing = ids.filter((_, n) => n % (AGENTS / CHANGING) === 0);
  const untouched = ids.filter((id) => !changing.includes(id));
  const change = async (id: string, n: number): Promise<void> => {
    if (n % 2 === 0) await deregisterAgent(table, { id, actor: 'test' });
    else await updateAgent(table, { id, patch: { config: { priority: 9 } }, actor: 'test' });
    await registerAgent(table, { document: document(`${id}-new`), actor: 'test' });
  };

  const seen: string[] = [];
  let cursor: string | undefined;
  let page = 0;
  do {
    const { body } = await call<AgentPage>('GET', cursor ? `${path}&cursor=${cursor}` : path);
    seen.push(...body.agents.map(({ id }) => id));
    cursor = body.nextCursor;
    const batch = changing.slice(page * 10, page * 10 + 10);
    await pMap(batch, (id, n) => change(id, n), AT_ONCE);
    page += 1;
  } while (cursor);

  expect(page).toBeGreaterThanOrEqual(AGENTS / 100);
  expect(seen.filter((id) => untouched.includes(id))).toEqual(untouched);
  expect(new Set(seen).size).toBe(seen.length);
});
