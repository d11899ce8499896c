import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { API_RETRIES } from '../agents/commit-loop.ts';
import { DynamoAgentStore } from '../agents/dynamo-agent-store.ts';
import { systemClock } from '../shared/clock.ts';
import { createUlidFactory } from '../shared/ids.ts';
import { DynamoBeatStore } from './beats/dynamo-beat-store.ts';
import { DynamoHealthReports } from './dynamo-health-reports.ts';
import { HealthMonitor } from './health-monitor.ts';
import { DynamoCheckPages } from './rounds/dynamo-check-pages.ts';

/** A stage's health monitor, and the stores that it works with. */
export function awsHealthMonitor(client: DynamoDBDocumentClient, table: string) {
  const agents = new DynamoAgentStore(client, table);
  const beats = new DynamoBeatStore(client, table);
  const reports = new DynamoHealthReports(client, table);
  const checks = new DynamoCheckPages({ client, table, reports });
  const context = { store: agents, clock: systemClock, newUlid: createUlidFactory(systemClock), retries: API_RETRIES };
  return { agents, beats, checks, reports, context, monitor: new HealthMonitor({ context, beats, checks }) };
}
