import { randomUUID } from 'node:crypto';
import { DynamoChangeLog, DynamoHeadList } from '../../agents/dynamo-change-log.ts';
import { DynamoLease } from '../../agents/dynamo-lease.ts';
import { createDocumentClient } from '../../shared/aws-clients.ts';
import { systemClock } from '../../shared/clock.ts';
import { logger } from '../../shared/telemetry.ts';
import { awsHealthMonitor } from '../aws-health-monitor.ts';
import { FleetReader } from '../fleet-reader.ts';
import { pacedSettle } from '../paced-settle.ts';
import { LeaseSweep, SWEEP_LEASE_MS } from './sweep.ts';

/** What the sweep works with on AWS, by the ambient credentials. */
export function awsSweep(table: string) {
  const client = createDocumentClient();
  const { beats, checks, reports, monitor } = awsHealthMonitor(client, table);
  const changes = new DynamoChangeLog(client, table);
  const fleet = new FleetReader({ changes, heads: new DynamoHeadList(client, table), clock: systemClock });
  const sweep = new LeaseSweep({
    lease: new DynamoLease({ client, table, name: 'health-sweep', owner: randomUUID(), length: SWEEP_LEASE_MS }),
    clock: systemClock,
    fleet: () => fleet.fresh(),
    beats,
    checks,
    reports,
    settle: pacedSettle(monitor),
    onFailure: (what, error) => logger.warn('The sweep could not do all', { what, error }),
  });
  return { sweep, reports };
}
