import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { DynamoAgentStore } from '../../../lambdas/agents/dynamo-agent-store.ts';
import { DynamoChangeLog, DynamoHeadList } from '../../../lambdas/agents/dynamo-change-log.ts';
import { keys } from '../../../lambdas/agents/dynamo-items.ts';
import { DynamoLease } from '../../../lambdas/agents/dynamo-lease.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import type { Beat } from '../../../lambdas/health/beats/beat.ts';
import { DynamoBeatStore } from '../../../lambdas/health/beats/dynamo-beat-store.ts';
import { DynamoHealthReports } from '../../../lambdas/health/dynamo-health-reports.ts';
import { FleetReader } from '../../../lambdas/health/fleet-reader.ts';
import { HealthMonitor } from '../../../lambdas/health/health-monitor.ts';
import { DynamoCheckPages } from '../../../lambdas/health/rounds/dynamo-check-pages.ts';
import { createUlidFactory } from '../../../lambdas/shared/ids.ts';
import { createTestTable, dropTestTable } from '../../support/test-table.ts';

/** Registrations under way at once. */
const AT_ONCE = 8;

export const agentId = (n: number): string => `agent-${n}`;

/** An agent as most are, but for its description. */
const document = (n: number) => ({
  id: agentId(n),
  name: `Agent number ${n}`,
  capabilities: { core: [`capability-${n % 50}`], domains: [`domain-${n % 9}`], actions: [`action-${n}`] },
});

/** Items of one BatchWriteItem at most (DynamoDB API reference). */
const BATCH = 25;

/** Puts beats where they are, as their agents would: one update each takes as long as all the rest. */
async function putBeats(client: DynamoDBDocumentClient, table: string, beats: readonly Beat[]): Promise<void> {
  const items = beats.map(({ agentId: id, ...beat }) => ({ PutRequest: { Item: { ...keys.beat(id), ...beat } } }));
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, n) =>
    items.slice(n * BATCH, (n + 1) * BATCH),
  );
  await pMap(batches, (batch) => client.send(new BatchWriteCommand({ RequestItems: { [table]: batch } })), {
    concurrency: AT_ONCE,
  });
}

/** A stage with so many agents, whose time passes when it is told to, and all that watches over them. */
export async function aStage(client: DynamoDBDocumentClient, agents: number) {
  const table = await createTestTable(client);
  let now = Date.now();
  const clock = { now: () => now };
  const pass = (seconds: number): void => {
    now += seconds * 1_000;
  };
  const store = new DynamoAgentStore(client, table);
  const policy = { allowedTools: ['*'], maxAgentMemory: Number.POSITIVE_INFINITY, allowedHosts: [] };
  const context = { store, clock, newUlid: createUlidFactory(clock), policy };
  await pMap(
    Array.from({ length: agents }).keys(),
    (n) => registerAgent(context, { document: document(n), actor: 'cost' }),
    { concurrency: AT_ONCE },
  );
  const reports = new DynamoHealthReports(client, table);
  const pages = new DynamoCheckPages({ client, table, reports });
  const beats = new DynamoBeatStore(client, table);
  const monitor = new HealthMonitor({ context, beats, checks: pages });
  const changes = new DynamoChangeLog(client, table);
  const fleet = new FleetReader({ changes, heads: new DynamoHeadList(client, table), clock, steady: clock });
  const lease = (name: string) => new DynamoLease({ client, table, name, owner: 'cost', length: 60_000 });
  const drop = () => dropTestTable(client, table);
  const beat = (said: readonly Beat[]) => putBeats(client, table, said);
  return { table, drop, beat, clock, pass, fleet, store, reports, pages, beats, monitor, lease };
}

export type Stage = Awaited<ReturnType<typeof aStage>>;
