import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ReadRoute } from '../../../lambdas/capability/contract.ts';
import type { apiHandler } from '../../../lambdas/shared/http/api-handler.ts';
import { type EventParts, invoke } from '../../support/http-events.ts';

let handler: ReturnType<typeof apiHandler>;

beforeAll(async () => {
  jest.replaceProperty(process, 'env', {
    ...process.env,
    TABLE_NAME: 'the-table',
    BUCKET_NAME: 'the-bucket',
    ALLOW_ANONYMOUS: 'true',
    INDEX_MAX_STALENESS_MS: '1000',
  });
  jest.unstable_mockModule('../../../lambdas/capability/aws-registry.ts', () => ({
    awsRegistry: () => {
      throw new Error('The table was asked');
    },
  }));
  ({ handler } = await import('../../../lambdas/capability/read-api.handler.ts'));
});
afterAll(() => {
  jest.restoreAllMocks();
});

const wanted = { agentId: 'a', revision: 1 };

test.each<[ReadRoute, EventParts]>([
  ['GET /registry/agents', { query: { limit: '0', minRevision: 'a:1' } }],
  ['GET /registry/agents', { query: { limit: '0' } }],
  ['GET /registry/agents', { query: { minRevision: 'a' } }],
  ['GET /registry/agents', { query: { cursor: 'x' } }],
  ['GET /registry/stats', { query: { limit: '1' } }],
  ['GET /registry/stats', { query: { minRevision: 'a' } }],
  ['POST /registry/search', { body: {} }],
  ['POST /registry/search', { body: { minRevision: wanted } }],
  ['POST /registry/search', { body: { type: 'core', minRevision: { ...wanted, revision: 0 } } }],
  ['POST /registry/search', { body: { type: 'core', cursor: 'x' } }],
  ['POST /registry/search', { body: { q: 'words', sort: 'best' } }],
  ['POST /registry/search', { body: { type: 'core' }, query: { minRevision: 'a:1' } }],
])('%s is told what is wrong with %j while neither table nor index can be asked', async (route, parts) => {
  expect(await invoke(handler, route, parts)).toMatchObject({ statusCode: 400 });
});
