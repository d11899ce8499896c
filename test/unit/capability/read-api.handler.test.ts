import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { WriteContext } from '../../../lambdas/agents/commit-loop.ts';
import { DynamoAgentStore } from '../../../lambdas/agents/dynamo-agent-store.ts';
import { type Item, keys } from '../../../lambdas/agents/dynamo-items.ts';
import { AgentDirectory } from '../../../lambdas/capability/agent-directory.ts';
import type { ReadRoute } from '../../../lambdas/capability/contract.ts';
import { createDocumentClient } from '../../../lambdas/shared/aws-clients.ts';
import type { apiHandler } from '../../../lambdas/shared/http/api-handler.ts';
import { firstUlidOf } from '../../../lambdas/shared/ids.ts';
import { logger } from '../../../lambdas/shared/telemetry.ts';
import { aContext, registered, START } from '../../support/agents.ts';
import { type EventParts, invoke } from '../../support/http-events.ts';
import { tableOfItems } from '../../support/table-of-items.ts';

let handler: ReturnType<typeof apiHandler>;
let items: Map<string, Item>;
let writer: WriteContext;

beforeAll(async () => {
  jest.replaceProperty(process, 'env', {
    ...process.env,
    TABLE_NAME: 'the-table',
    BUCKET_NAME: 'the-bucket',
    ALLOW_ANONYMOUS: 'true',
    // As good as never: what is not in the index is not there because nobody asked for it.
    INDEX_MAX_STALENESS_MS: '3600000',
    AWS_REGION: 'eu-central-1',
    POWERTOOLS_METRICS_NAMESPACE: 'test',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  items = tableOfItems();
  writer = { ...aContext(), store: new DynamoAgentStore(createDocumentClient(), 'the-table') };
  ({ handler } = await import('../../../lambdas/capability/read-api.handler.ts'));
});
beforeEach(() => {
  jest.spyOn(logger, 'warn').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});

async function ask(route: ReadRoute, parts: EventParts = {}) {
  const { statusCode, headers = {}, body = '{}' } = await invoke(handler, route, parts);
  return { status: statusCode, headers, body: JSON.parse(body) };
}

/** How many agents of a type each of the index's routes knows. */
async function known(type: string, minRevision?: { agentId: string; revision: number }): Promise<number[]> {
  const query = { ...(minRevision && { minRevision: `${minRevision.agentId}:${minRevision.revision}` }) };
  const list = await ask('GET /registry/agents', { query: { type, ...query } });
  const search = await ask('POST /registry/search', { body: { capabilities: [type], minRevision } });
  const stats = await ask('GET /registry/stats', { query });
  return [list.body.total, search.body.total, stats.body.capabilityDistribution[type] ?? 0];
}

describe('an index that is behind the table', () => {
  const anAgent = (id: string) =>
    registered(writer, { id, name: id, type: 'mason', capabilities: { core: ['mason'] } });

  test('keeps nobody from being found by id', async () => {
    expect(await known('mason')).toEqual([0, 0, 0]);
    await anAgent('arch');
    const params = { id: 'arch' };

    expect(await known('mason')).toEqual([0, 0, 0]);
    expect(await ask('GET /registry/agents/{id}', { params })).toMatchObject({ status: 200, body: { id: 'arch' } });
    expect(await ask('GET /registry/agents/{id}/layers', { params })).toMatchObject({ status: 200 });
  });

  test('catches up for whoever names a write that it does not know', async () => {
    expect(await known('mason')).toEqual([0, 0, 0]);

    expect(await known('mason', { agentId: 'arch', revision: 1 })).toEqual([1, 1, 1]);
    expect(await known('mason')).toEqual([1, 1, 1]);
  });

  test.each<[ReadRoute, EventParts]>([
    ['GET /registry/agents', { query: { minRevision: 'brick:1' } }],
    ['GET /registry/stats', { query: { minRevision: 'cairn:1' } }],
    ['POST /registry/search', { body: { capabilities: ['mason'], minRevision: { agentId: 'dome', revision: 1 } } }],
  ])('by any route: %s', async (route, parts) => {
    const [before] = await known('mason');
    await anAgent(/brick|cairn|dome/.exec(JSON.stringify(parts))?.[0] ?? '');

    expect(await ask(route, parts)).toMatchObject({ status: 200 });
    expect(await known('mason')).toEqual(Array(3).fill(Number(before) + 1));
  });

  test('takes the word of the table for who is gone and in no log any more', async () => {
    items.set('AGENT#gone HEAD', { ...keys.head('gone'), id: 'gone', revision: 3, deleted: true });

    expect(await known('mason', { agentId: 'gone', revision: 3 })).toEqual(await known('mason'));
    items.delete('AGENT#gone HEAD');
  });
});

describe('an answer that is kept', () => {
  test('is that of its route, its parameters and its body', async () => {
    const wrong = { type: 'mason', capabilities: ['nothing'] };
    for (const _again of [1, 2]) {
      expect((await ask('GET /registry/agents')).body).toHaveProperty('agents');
      expect((await ask('GET /registry/stats')).body).toHaveProperty('totalAgents');
      expect((await ask('GET /registry/agents', { query: { type: 'smith' } })).body.total).toBe(0);
      expect((await ask('POST /registry/search', { body: { type: 'mason' } })).body.total).toBe(4);
      expect((await ask('POST /registry/search', { body: wrong })).body.total).toBe(0);
      expect(await ask('POST /registry/search', { body: {} })).toMatchObject({ status: 400 });
    }
  });

  test('is not made again for the same question, whichever write it names', async () => {
    const listed = jest.spyOn(AgentDirectory.prototype, 'listed');
    const asked = async (minRevision?: string) => {
      const query = { type: 'mason', limit: '2', ...(minRevision && { minRevision }) };
      return (await ask('GET /registry/agents', { query })).body;
    };
    const first = await asked();

    expect([await asked(), await asked('arch:1'), await asked('brick:1')]).toEqual([first, first, first]);
    expect(listed).toHaveBeenCalledTimes(1);
    listed.mockRestore();
  });

  test('makes nothing of a question that cannot be', async () => {
    const body = { type: 'mason' };
    const valid = await Promise.all([
      ask('POST /registry/search', { body }),
      ask('GET /registry/agents', { query: body }),
      ask('GET /registry/stats'),
    ]);
    const wrong = await Promise.all([
      ask('POST /registry/search', { body, query: { minRevision: 'arch:1' } }),
      ask('POST /registry/search', { body, query: { limit: '1' } }),
      ask('POST /registry/search', { body: { ...body, minRevision: { agentId: 'arch', revision: 1, more: 1 } } }),
      ask('POST /registry/search', { body: { ...body, minRevision: null } }),
      ask('GET /registry/agents', { query: { ...body, minRevision: 'arch' } }),
      ask('GET /registry/stats', { query: { minRevision: 'arch:0' } }),
    ]);

    expect(valid.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(wrong.map(({ status }) => status)).toEqual(Array(6).fill(400));
  });
});

describe('a search for words', () => {
  test('finds them, though nobody has read them before', async () => {
    expect((await ask('POST /registry/search', { body: { q: 'arch' } })).body.agents).toMatchObject([{ id: 'arch' }]);
  });
});

describe('a write that cannot be', () => {
  test.each<[ReadRoute, EventParts, string]>([
    ['GET /registry/agents', { query: { minRevision: 'arch' } }, 'minRevision'],
    ['GET /registry/stats', { query: { minRevision: 'arch:0' } }, 'minRevision'],
    [
      'POST /registry/search',
      { body: { capabilities: ['a'], minRevision: { agentId: 'arch' } } },
      'minRevision.revision',
    ],
    ['POST /registry/search', { body: { capabilities: ['a'], minRevision: 'arch:1' } }, 'minRevision'],
  ])('is refused by its name: %s %j', async (route, parts, field) => {
    expect(await ask(route, parts)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  test('is not waited for by a question that cannot be either', async () => {
    const minRevision = { agentId: 'never-registered', revision: 9 };

    expect(await ask('POST /registry/search', { body: { minRevision } })).toMatchObject({ status: 400 });
    expect(
      await ask('GET /registry/agents', { query: { minRevision: 'never-registered:9', limit: '0' } }),
    ).toMatchObject({ status: 400, body: { errors: [{ field: 'limit' }] } });
  });

  test('is no parameter of a search, which has a body', async () => {
    const parts = { query: { minRevision: 'arch:1' }, body: { capabilities: ['a'] } };

    expect(await ask('POST /registry/search', parts)).toMatchObject({ status: 400 });
  });
});

describe('a refresh that fails', () => {
  const broken = { ...keys.change(firstUlidOf(START + 1)), id: firstUlidOf(START + 1), digest: '{' };

  test('asks callers to come again, tells the log why, and leaves the index as it was', async () => {
    items.set('broken', broken);
    const query = { minRevision: 'arch:2' };

    expect(await ask('GET /registry/agents', { query })).toMatchObject({
      status: 503,
      headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '1' },
      body: { detail: 'The index could not be brought up to date.' },
    });
    // The entry that has to be deleted.
    const cause = expect.objectContaining({ message: `Entry ${broken.id} of the change log cannot be read.` });
    expect(logger.warn).toHaveBeenCalledWith('Could not serve', { error: expect.objectContaining({ cause }) });
    expect(await known('mason')).toEqual([4, 4, 4]);
  });

  test('is forgotten with the next that does not', async () => {
    items.delete('broken');
    await registered(writer, { id: 'vault', name: 'vault', type: 'mason', capabilities: { core: ['mason'] } });

    expect(await known('mason', { agentId: 'vault', revision: 1 })).toEqual([5, 5, 5]);
  });
});
