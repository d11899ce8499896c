import { DEFAULT_RETRIES } from '../agents/commit-loop.ts';
import { DynamoAgentStore } from '../agents/dynamo-agent-store.ts';
import { createDocumentClient } from '../shared/aws-clients.ts';
import { systemClock } from '../shared/clock.ts';
import { createUlidFactory } from '../shared/ids.ts';
import { DynamoBeatStore } from './dynamo-beat-store.ts';
import { DynamoCheckPages } from './dynamo-check-pages.ts';
import { DynamoHealthReports } from './dynamo-health-reports.ts';
import { HealthMonitor } from './health-monitor.ts';

/** As in the write function: no try begins so late that the gateway answers in our place. */
const RETRIES = { ...DEFAULT_RETRIES, maxRetryTime: 4_000 };

/** What taking heartbeats works with, by the ambient credentials. */
export function awsHealthApi(table: string) {
  const client = createDocumentClient();
  const agents = new DynamoAgentStore(client, table);
  const beats = new DynamoBeatStore(client, table);
  const reports = new DynamoHealthReports(client, table);
  const context = { store: agents, clock: systemClock, newUlid: createUlidFactory(systemClock), retries: RETRIES };
  const monitor = new HealthMonitor({ context, beats, checks: new DynamoCheckPages({ client, table, reports }) });
  return { agents, beats, monitor, reports, clock: systemClock, retries: RETRIES };
}
