import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { DynamoChangeLog, DynamoHeadList } from '../../lambdas/agents/dynamo-change-log.ts';
import { registerAgent } from '../../lambdas/agents/register-agent.ts';
import { updateAgent } from '../../lambdas/agents/update-agent.ts';
import { steadyClock } from '../../lambdas/capability/moment.ts';
import type { SearchResult } from '../../lambdas/capability/search/search-schema.ts';
import type { RegistryStats } from '../../lambdas/capability/search/stats-schema.ts';
import { WarmIndex } from '../../lambdas/capability/warm-index.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import { type Random, seeded } from '../bench/random.ts';
import { call, unique } from '../support/api.ts';
import { deployedTable } from '../support/deployed-table.ts';
import { localStack } from '../support/local-stack.ts';
import { slowClient } from '../support/slow-client.ts';

jest.setTimeout(120_000);

const BOUND_MS = 1_000;
const READERS = 8;
/** How long they write, in milliseconds. */
const WRITING_MS = 15_000;

/** A write that was answered at a time, and so took effect before. */
interface Written {
  readonly agentId: string;
  readonly revision: number;
  readonly at: number;
}

describe('two writers and eight warm readers of the deployed table, all held up on the way', () => {
  const ids = Array.from({ length: 6 }, (_, n) => `${unique('fresh')}-${n}`);
  const written: Written[] = [];
  const end = Date.now() + WRITING_MS;

  /** Takes the ids of its entries up to two seconds before they commit, by a clock that is off. */
  async function write(name: string, clockOffset: number, random: Random): Promise<void> {
    const client = slowClient((command) => random.between(0, command === 'TransactWriteItemsCommand' ? 2_000 : 20));
    const context = deployedTable({ clockOffset, client });
    for (let n = 0; Date.now() < end; n += 1) {
      const id = random.oneOf(ids);
      const { agent } = await updateAgent(context, { id, patch: { config: { [name]: n } }, actor: name });
      written.push({ agentId: id, revision: agent.revision, at: Date.now() });
    }
  }

  function aReader(random: Random): WarmIndex {
    const client = slowClient(() => random.between(0, 300));
    const { tableName } = localStack();
    return new WarmIndex({
      changes: new DynamoChangeLog(client, tableName),
      heads: new DynamoHeadList(client, tableName),
      clock: systemClock,
      steady: steadyClock,
      maxStaleness: BOUND_MS,
    });
  }

  /** What an answer should have known and did not. */
  async function missing(index: WarmIndex, wanted: Written | undefined): Promise<Written[]> {
    const came = Date.now();
    const { directory, age } = await index.fresh(wanted);
    const complete = Math.max(Date.now() - age(), came - BOUND_MS);
    const due = written.filter((one) => one === wanted || one.at < complete);
    return due.filter(({ agentId, revision }) => (directory.revisionOf(agentId) ?? 0) < revision);
  }

  test('no answer is staler than it says or than the bound, and nobody misses a change', async () => {
    const context = deployedTable({});
    for (const id of ids) await registerAgent(context, { document: { id, name: id }, actor: 'test' });
    const readers = Array.from({ length: READERS }, (_, n) => ({
      random: seeded(n + 1),
      index: aReader(seeded(n + 101)),
    }));
    let answers = 0;
    const read = async ({ random, index }: (typeof readers)[number]): Promise<Written[]> => {
      const missed: Written[] = [];
      while (Date.now() < end) {
        await sleep(random.between(0, 500));
        const wanted = random.between(1, 3) === 1 ? written.at(-1) : undefined;
        missed.push(...(await missing(index, wanted)));
        answers += 1;
      }
      return missed;
    };
    const [, , ...missed] = await Promise.all([
      write('left', -1_500, seeded(11)),
      write('right', 1_500, seeded(12)),
      ...readers.map(read),
    ]);

    expect(missed.flat()).toEqual([]);
    expect(written.length).toBeGreaterThan(WRITING_MS / 2_000);
    expect(answers).toBeGreaterThan(READERS * 10);
    await sleep(BOUND_MS + 1);
    const truth = await Promise.all(ids.map(async (id) => (await context.store.load(id))?.head.revision));
    for (const { index } of readers) {
      const { directory } = await index.fresh();
      expect(ids.map((id) => directory.revisionOf(id))).toEqual(truth);
    }
  });
});

describe('a read that names a write', () => {
  test('knows it at once, by every route that asks the index', async () => {
    const id = unique('named');
    await call('POST', '/registry/agents', { id, name: id });
    for (let n = 0; n < 10; n += 1) {
      const skill = unique('skill');
      const { body } = await call<{ revision: number }>('PUT', `/registry/agents/${id}`, { capabilities: [skill] });
      const minRevision = `${id}:${body.revision}`;
      const answers = await Promise.all([
        call<SearchResult>('GET', `/registry/agents?capability=${skill}&minRevision=${minRevision}`),
        call<SearchResult>('POST', '/registry/search', {
          capabilities: [skill],
          minRevision: { agentId: id, revision: body.revision },
        }),
        call<RegistryStats>('GET', `/registry/stats?minRevision=${minRevision}`),
      ]);
      const [list, search, stats] = [answers[0].body.total, answers[1].body.total, answers[2].body];
      expect([list, search, stats.capabilityDistribution[skill]]).toEqual([1, 1, 1]);
    }
    const { status } = await call('DELETE', `/registry/agents/${id}`);
    const gone = await call<SearchResult>('GET', `/registry/agents?type=specialist&minRevision=${id}:12`);
    expect([status, gone.status]).toEqual([204, 200]);
    expect(gone.body.agents.map((agent) => agent.id)).not.toContain(id);
  });

  test('is told to come again where that has not come, and what is wrong where it cannot', async () => {
    const never = await call('GET', '/registry/agents?minRevision=nobody:7');
    expect(never).toMatchObject({
      status: 503,
      body: { detail: 'The index does not know revision 7 of agent nobody yet.' },
    });
    expect(never.headers.get('retry-after')).toBe('1');
    const wrong = await call('GET', '/registry/stats?minRevision=nobody');
    expect([wrong.status, wrong.body.errors]).toMatchObject([400, [{ field: 'minRevision' }]]);
  });
});
