import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pMap from 'p-map';
import { normaliseName } from '../../lambdas/agents/agent-name.ts';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import { type ApiAnswer, call, unique } from '../support/api.ts';
import { type Consumer, consumeEvents, eventIdsOf } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { scanTable } from '../support/registry-table.ts';

const REGISTRATIONS = 500;
const IN_FLIGHT = 64;
jest.setTimeout(300_000);

type Resolution = 'rename' | 'reject';

/** 500 registrations of one name, at most 64 in flight. A 503 or 429 says «try again», so it is tried again. */
async function race(name: string, conflictResolution: Resolution): Promise<ApiAnswer<Agent>[]> {
  const register = async (n: number): Promise<ApiAnswer<Agent>> => {
    const key = { 'Idempotency-Key': `${name}-${n}` };
    const answer = await call<Agent>('POST', '/registry/agents', { name, conflictResolution }, key);
    return answer.status === 503 || answer.status === 429 ? register(n) : answer;
  };
  return pMap(Array.from({ length: REGISTRATIONS }).keys(), register, { concurrency: IN_FLIGHT });
}

const agentsOf = (answers: readonly ApiAnswer<Agent>[]): Agent[] =>
  answers.filter(({ status }) => status === 201).map(({ body }) => body);

/** Every agent has its head, its layer, its name and its one log entry; the name belongs to nobody else. */
async function expectWhole(agents: readonly Agent[], name: string): Promise<void> {
  const items = await scanTable();
  const ids = new Set(agents.map(({ id }) => id));
  const heads = items.filter(({ sk, name: held }) => sk === 'HEAD' && String(held).startsWith(name));
  expect(new Set(heads.map(({ id }) => id))).toEqual(ids);
  const layers = items.filter(({ pk, sk }) => sk === 'LAYER#3#dynamodb' && ids.has(String(pk).slice('AGENT#'.length)));
  expect(layers).toHaveLength(agents.length);
  const claims = items.filter(({ pk }) => String(pk).startsWith(`NAME#${normaliseName(name)}`));
  const wanted = agents.map((agent) => [`NAME#${normaliseName(agent.name)}`, agent.id]);
  expect(new Map(claims.map(({ pk, agentId }) => [pk, agentId]))).toEqual(new Map(wanted as [string, string][]));
  const changes = items.filter(
    ({ pk, agentId, copyOf }) => pk === 'CHANGE' && copyOf === undefined && ids.has(String(agentId)),
  );
  expect(changes.map(({ agentId, revision }) => `${agentId}#${revision}`).sort()).toEqual(
    [...ids].map((id) => `${id}#1`).sort(),
  );
}

describe(`${REGISTRATIONS} registrations of one name over HTTP`, () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await consumeEvents();
  });
  afterAll(() => consumer.remove());

  const expectAnnounced = (agents: readonly Agent[]) =>
    eventually(async () => {
      const ids = agents.map(({ id }) => id);
      expect(eventIdsOf(await consumer.drain(), ids)).toEqual(ids.map((id) => `${id}#1`).sort());
    }, 120_000);

  test('have 500 distinct names, as rename asks, and each is announced', async () => {
    const name = unique('popular');
    const answers = await race(name, 'rename');
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const agents = agentsOf(answers);
    expect(new Set(agents.map((agent) => normaliseName(agent.name))).size).toBe(REGISTRATIONS);
    expect(agents.every((agent) => agent.name === name || agent.name.startsWith(`${name}-`))).toBe(true);
    await expectWhole(agents, name);
    await expectAnnounced(agents);
  });

  test('have one holder and 499 refusals, as reject asks', async () => {
    const name = unique('single');
    const answers = await race(name, 'reject');
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(REGISTRATIONS - 1);
    const agents = agentsOf(answers);
    expect(agents.map((agent) => agent.name)).toEqual([name]);
    await expectWhole(agents, name);
    await expectAnnounced(agents);
  });
});
