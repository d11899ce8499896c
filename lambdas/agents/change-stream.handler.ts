import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { createEventBridgeClient } from '../shared/aws-clients.ts';
import { readEnvironment } from '../shared/environment.ts';
import { logger, metrics } from '../shared/telemetry.ts';
import { CHANGE_PARTITION, CHANGE_STREAM_ENVIRONMENT } from './contract.ts';
import { toChange } from './dynamo-items.ts';
import { EventBridgePublisher } from './event-bridge-publisher.ts';
import { publishChanges } from './publish-changes.ts';

const { EVENT_BUS_NAME } = readEnvironment(CHANGE_STREAM_ENVIRONMENT);
const publisher = new EventBridgePublisher(createEventBridgeClient(), EVENT_BUS_NAME);

/** The event source filters the stream already; what it lets through by mistake is no change to announce. */
const isChange = ({ eventName, dynamodb }: DynamoDBRecord): boolean =>
  eventName === 'INSERT' && dynamodb?.Keys?.pk?.S === CHANGE_PARTITION;

const changeOf = ({ dynamodb }: DynamoDBRecord) =>
  toChange(unmarshall(dynamodb?.NewImage as Record<string, AttributeValue>));

/**
 * Announces each committed change on the bus. Throws while any is refused, so that the event source gives the batch
 * again: consumers see a change at least once.
 */
export const handler = middy<DynamoDBStreamEvent, void>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event) => {
    const changes = event.Records.filter(isChange).map(changeOf);
    await publishChanges(changes, publisher);
    metrics.addMetric('ChangesPublished', MetricUnit.Count, changes.length);
  });
