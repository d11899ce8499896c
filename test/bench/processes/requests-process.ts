/** Prints requests a second through the read function's handler, by kind. Arguments: the size and milliseconds for each. */
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { HEADS_INDEX } from '../../../lambdas/agents/contract.ts';
import { headShard } from '../../../lambdas/agents/dynamo-items.ts';
import { type EventParts, invoke } from '../../support/http-events.ts';
import { agents, drawCapabilities, questionsRandom } from '../data.ts';

const [size = 0, time = 0] = process.argv.slice(2).map(Number);

Object.assign(process.env, {
  TABLE_NAME: 'agents',
  BUCKET_NAME: 'manifests',
  ALLOW_ANONYMOUS: 'true',
  INDEX_MAX_STALENESS_MS: '1000',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

/** All agents are in one shard; the log is empty. Behind the SDK's edge there is nothing else. */
const heads = Array.from(agents(size), (digest) => ({ digest: JSON.stringify(digest) }));
const table = mockClient(DynamoDBDocumentClient);
table.callsFake(() => ({}));
table.on(QueryCommand).callsFake(({ IndexName, ExpressionAttributeValues }) => {
  const isShard = IndexName === HEADS_INDEX.name && ExpressionAttributeValues[':shard'] === headShard(0);
  return { Items: isShard ? heads : [] };
});

// The handler reads its environment when it is loaded.
const { handler } = await import('../../../lambdas/capability/read-api.handler.ts');

const pairs = drawCapabilities(questionsRandom('requests'), 1_000, 2);

/** Requests by kind: the number says which of its questions. */
const KINDS: Readonly<Record<string, readonly [request: string, (n: number) => EventParts]>> = {
  'requests-search': [
    'POST /registry/search',
    // No question comes twice before thousands of others did, or it would be answered from memory.
    (n) => ({ body: { capabilities: pairs[n % pairs.length], limit: 30 + (Math.floor(n / pairs.length) % 40) } }),
  ],
  'requests-search-again': ['POST /registry/search', () => ({ body: { capabilities: pairs[0], limit: 50 } })],
  'requests-list': ['GET /registry/agents', (n) => ({ query: { limit: '50', offset: `${n % 4_000}` } })],
};

async function requestsPerSecond(request: string, parts: (n: number) => EventParts): Promise<number> {
  const start = performance.now();
  let n = 0;
  for (; performance.now() - start < time; n += 1) {
    const { statusCode, body } = await invoke(handler, request, parts(n));
    if (statusCode !== 200) throw new Error(`${request} was answered by ${statusCode}: ${body}`);
  }
  return (n * 1_000) / (performance.now() - start);
}

const rates: Record<string, number> = {};
for (const [kind, [request, parts]] of Object.entries(KINDS)) {
  await requestsPerSecond(request, parts);
  rates[kind] = await requestsPerSecond(request, parts);
}
process.stdout.write(`\n${JSON.stringify(rates)}\n`);
