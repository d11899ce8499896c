import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoChangeLog, DynamoHeadList } from '../agents/dynamo-change-log.ts';
import { systemClock } from '../shared/clock.ts';
import { FleetReader } from './fleet-reader.ts';

/** The fleet of a stage, followed by its change log. */
export const awsFleet = (client: DynamoDBDocumentClient, table: string): FleetReader =>
  new FleetReader({
    changes: new DynamoChangeLog(client, table),
    heads: new DynamoHeadList(client, table),
    clock: systemClock,
  });
