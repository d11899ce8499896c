import { randomUUID } from 'node:crypto';
import { DynamoLease } from '../../agents/dynamo-lease.ts';
import { createDocumentClient } from '../../shared/aws-clients.ts';
import { systemClock } from '../../shared/clock.ts';
import { logger } from '../../shared/telemetry.ts';
import { awsFleet } from '../aws-fleet.ts';
import { awsHealthMonitor } from '../aws-health-monitor.ts';
import { pacedSettle } from '../paced-settle.ts';
import { LeaseSweep, SWEEP_LEASE_MS } from './sweep.ts';

/** What the sweep works with on AWS, by the ambient credentials. */
export function awsSweep(table: string) {
  const client = createDocumentClient();
  const { beats, checks, reports, monitor } = awsHealthMonitor(client, table);
  const fleet = awsFleet(client, table);
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
