import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoLease } from '../../agents/dynamo-lease.ts';
import { createDocumentClient } from '../../shared/aws-clients.ts';
import { systemClock } from '../../shared/clock.ts';
import { logger } from '../../shared/telemetry.ts';
import { awsFleet } from '../aws-fleet.ts';
import { awsHealthMonitor } from '../aws-health-monitor.ts';
import type { Checker } from '../checks/checker.ts';
import { pacedSettle } from '../paced-settle.ts';
import { CheckRound, ROUND_LEASE_MS } from './check-round.ts';
import { watchedBy } from './watched-by.ts';

/**
 * The rounds of one kind of check, by the ambient credentials.
 *
 * @param client @default - one of its own
 */
export function awsRound(
  checker: Checker,
  table: string,
  client: DynamoDBDocumentClient = createDocumentClient(),
): CheckRound {
  const { checks, reports, monitor } = awsHealthMonitor(client, table);
  const fleet = awsFleet(client, table);
  const settle = pacedSettle(monitor);
  const name = `health-${checker.kind}`;
  return new CheckRound({
    checker,
    lease: new DynamoLease({ client, table, name, owner: randomUUID(), length: ROUND_LEASE_MS }),
    clock: systemClock,
    pages: checks,
    reports,
    watched: async () => watchedBy(await fleet.fresh(), checker.kind),
    settle: (agentId, check) => settle(agentId, check ? { check } : { undeclared: true }),
    onFailure: (what, error) => logger.warn('The round could not do all', { kind: checker.kind, what, error }),
  });
}
