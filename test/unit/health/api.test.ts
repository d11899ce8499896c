import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Item } from '../../../lambdas/agents/dynamo-items.ts';
import type { HealthRoute } from '../../../lambdas/health/contract.ts';
import type { apiHandler } from '../../../lambdas/shared/http/api-handler.ts';
import { type EventParts, invoke } from '../../support/http-events.ts';
import { tableOfItems } from '../../support/table-of-items.ts';

let handler: ReturnType<typeof apiHandler>;
let items: Map<string, Item>;

beforeAll(async () => {
  jest.replaceProperty(process, 'env', {
    ...process.env,
    TABLE_NAME: 'the-table',
    ALLOW_ANONYMOUS: 'true',
    AWS_REGION: 'eu-central-1',
  });
  items = tableOfItems();
  ({ handler } = await import('../../../lambdas/health/health-api.handler.ts'));
});
afterAll(() => {
  jest.restoreAllMocks();
});

async function ask(route: HealthRoute, parts: EventParts) {
  const { statusCode, body = '{}' } = await invoke(handler, route, parts);
  return { status: statusCode, body: JSON.parse(body) };
}

const HEARTBEAT = 'POST /registry/agents/{id}/heartbeat';
const WELL = { status: 'healthy' };

describe('a heartbeat that cannot be', () => {
  test.each<[HealthRoute, EventParts, number, string | undefined]>([
    [HEARTBEAT, { params: { id: 'mason' }, body: WELL }, 404, undefined],
    [HEARTBEAT, { params: { id: 'Mason' }, body: WELL }, 400, 'id'],
    [HEARTBEAT, { params: { id: 'mason' }, body: { status: 'fine' } }, 400, 'status'],
    [HEARTBEAT, { params: { id: 'mason' }, body: { ...WELL, ttlSeconds: 9 } }, 400, 'ttlSeconds'],
    [HEARTBEAT, { params: { id: 'mason' }, body: { ...WELL, agentId: 'smith' } }, 400, 'agentId'],
    [HEARTBEAT, { params: { id: 'mason' }, body: WELL, query: { force: 'true' } }, 400, 'force'],
    ['POST /registry/heartbeats', { body: { heartbeats: [] } }, 400, 'heartbeats'],
    ['POST /registry/heartbeats', { body: [WELL] }, 400, ''],
    ['POST /registry/health/override', { body: { mode: 'panic' } }, 400, 'mode'],
    ['POST /registry/health/override', { body: { mode: 'hold', seconds: 59 } }, 400, 'seconds'],
    ['POST /registry/health/override', { body: { mode: 'auto', seconds: 900 } }, 400, 'seconds'],
    ['POST /registry/health/override', { body: { mode: 'auto', reason: 'it is over' } }, 400, 'reason'],
    ['POST /registry/health/override', { body: { mode: 'hold', seconds: 86_401 } }, 400, 'seconds'],
  ])('is refused by its field: %s %j', async (route, parts, status, field) => {
    const answer = await ask(route, parts);
    expect(answer.status).toBe(status);
    if (field !== undefined) expect(answer.body.errors[0].field).toBe(field);
  });
});

describe("an operator's word", () => {
  const say = (body: object) => ask('POST /registry/health/override', { body });
  const kept = () => items.get('REGISTRY HEALTH#override');

  test('is kept with who said it and until when, and taken back', async () => {
    const { status, body } = await say({ mode: 'evict', seconds: 60, reason: 'they are gone' });
    expect([status, body.override]).toMatchObject([
      200,
      { mode: 'evict', actor: 'anonymous', reason: 'they are gone' },
    ]);
    expect(Date.parse(body.override.until) - Date.now()).toBeGreaterThan(50_000);
    expect(kept()).toMatchObject({ mode: 'evict', until: Date.parse(body.override.until) });

    expect(await say({ mode: 'auto' })).toEqual({ status: 200, body: { override: null } });
    expect(kept()).toBeUndefined();
  });
});

test('a batch has a result for each entry', async () => {
  const heartbeats = [{ agentId: 'mason', ...WELL }, { agentId: 'mason' }];
  const { status, body } = await ask('POST /registry/heartbeats', { body: { heartbeats } });

  expect(status).toBe(200);
  expect(body.results).toMatchObject([
    { agentId: 'mason', status: 404 },
    { agentId: 'mason', status: 400, error: { errors: [{ field: 'status' }] } },
  ]);
});
