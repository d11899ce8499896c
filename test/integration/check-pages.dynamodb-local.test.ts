import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { KeptResults } from '../../lambdas/health/check-results.ts';
import { checkResult } from '../../lambdas/health/checks/check-result.ts';
import { DynamoHealthReports } from '../../lambdas/health/dynamo-health-reports.ts';
import type { PagePlace } from '../../lambdas/health/rounds/check-page-store.ts';
import { CheckRound } from '../../lambdas/health/rounds/check-round.ts';
import { DynamoCheckPages } from '../../lambdas/health/rounds/dynamo-check-pages.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { CapacityMeter } from '../bench/capacity-meter.ts';
import { clockAt, START } from '../support/agents.ts';
import { PlannedChecker } from '../support/check-world.ts';
import { awsClientConfig, dynamoDbLocalEndpoint } from '../support/local-stack.ts';
import { MemoryLease, MemoryLeaseHolder } from '../support/memory-lease.ts';
import { createTestTable, dropTestTable } from '../support/test-table.ts';

jest.setTimeout(120_000);

/** Agents whose last ten results are kept. */
const full = (count: number): KeptResults[] =>
  Array.from({ length: count }, (_, n) => {
    const agentId = `agent_${Math.imul(n + 1, 2_654_435_761).toString(36)}`;
    const recent = Array.from({ length: 10 }, (_, i) =>
      checkResult(agentId, 'http', {
        reason: 'OK',
        at: START + i * 30_000 + ((n * 7_919) % 9_000),
        responseTime: (n * 31 + i * 17) % 900,
        status: 200,
      }),
    );
    return { agentId, streak: 10, recent };
  });

const PLACE: PagePlace = { kind: 'http', pages: 4, page: 2 };

let client: DynamoDBDocumentClient;
let table: string;
let reports: DynamoHealthReports;
let unusable: PagePlace[];
let pages: DynamoCheckPages;

const endpoint = dynamoDbLocalEndpoint();
// The setup of the integration tests says why, where it is not there.
(endpoint === undefined ? describe.skip : describe)('against DynamoDB Local', () => {
  beforeEach(async () => {
    client = createDocumentClient(awsClientConfig(endpoint));
    table = await createTestTable(client);
    reports = new DynamoHealthReports(client, table);
    unusable = [];
    pages = new DynamoCheckPages({ client, table, reports, onUnusable: (place) => unusable.push(place) });
  });
  afterEach(async () => {
    await dropTestTable(client, table);
    client.destroy();
  });

  test('a page comes back as it was written, with its version', async () => {
    expect(await pages.read(PLACE)).toBeUndefined();
    expect(await pages.write(PLACE, full(3), 0, START)).toBe(true);
    expect(await pages.read(PLACE)).toEqual({ version: 1, agents: full(3) });
    expect(await pages.write(PLACE, full(2), 1, START)).toBe(true);
    expect(await pages.read(PLACE)).toEqual({ version: 2, agents: full(2) });
    expect(await pages.read({ ...PLACE, page: 1 })).toBeUndefined();
    expect(await pages.read({ ...PLACE, kind: 'ecs' })).toBeUndefined();
  });

  test.each([0, 2])('a page that was written since is not written over: version %d', async (version) => {
    await pages.write(PLACE, full(3), 0, START);

    expect(await pages.write(PLACE, [], version, START)).toBe(false);
    expect(await pages.read(PLACE)).toEqual({ version: 1, agents: full(3) });
  });

  test('of ten who replace the same page at once one does', async () => {
    await pages.write(PLACE, [], 0, START);

    const written = await Promise.all(full(10).map((one) => pages.write(PLACE, [one], 1, START)));

    expect(written.filter(Boolean)).toHaveLength(1);
  });

  test('a page that cannot be understood is empty, told of, and can be replaced', async () => {
    const item = { pk: 'CHECKS#http#4-2', sk: 'PAGE', version: 7, agents: Buffer.from('moon') };
    await client.send(new PutCommand({ TableName: table, Item: item }));

    expect(await pages.read(PLACE)).toEqual({ version: 7, agents: [] });
    expect(unusable).toEqual([PLACE]);
    expect(await pages.write(PLACE, full(1), 7, START)).toBe(true);
  });

  test('a page of 140 agents takes ten write units, and no more than three to be read', async () => {
    const meter = new CapacityMeter(client);

    const written = await meter.measure(() => pages.write(PLACE, full(140), 0, START));
    const read = await meter.measure(() => pages.read(PLACE));

    expect(written).toMatchObject({ calls: 1, reads: 0 });
    expect(written.writes).toBeLessThanOrEqual(10);
    expect(read).toMatchObject({ calls: 1, writes: 0 });
    expect(read.reads).toBeLessThanOrEqual(3);
  });

  test('a round is found again by one agent’s id, and by a round of another function', async () => {
    const clock = clockAt();
    const checker = new PlannedChecker(clock);
    const ids = Array.from({ length: 400 }, (_, n) => `a-${n}`);
    const round = () =>
      new CheckRound({
        checker,
        lease: new MemoryLease(new MemoryLeaseHolder(), 'mine', 60_000),
        clock,
        pages,
        reports,
        watched: async () =>
          ids.map((agentId) => ({ agentId, health: 'unknown', check: { type: 'http', url: 'https://a.example' } })),
        settle: async () => undefined,
      });
    expect(await pages.find('http', 'a-7')).toBeUndefined();

    expect(await round().run(clock.now() + 60_000)).toMatchObject({ round: 1, pages: 4, results: { passed: 400 } });
    clock.advance(30_000);
    expect(await round().run(clock.now() + 60_000)).toMatchObject({ round: 2, pages: 4 });

    expect(await pages.find('http', 'a-7')).toMatchObject({ agentId: 'a-7', streak: 2 });
    expect(await pages.find('http', 'nobody')).toBeUndefined();
    expect(await pages.find('lambda', 'a-7')).toBeUndefined();
  });
});
