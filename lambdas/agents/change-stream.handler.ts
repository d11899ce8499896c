import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createUlidFactory } from '../shared/ids.ts';
import { metrics } from '../shared/metrics.ts';
import { onDemand } from '../shared/on-demand.ts';
import { logger } from '../shared/telemetry.ts';
import { CHANGE_METRICS, CHANGE_PARTITION, CHANGE_STREAM_ENVIRONMENT } from './contract.ts';
import { toChange } from './dynamo-items.ts';
import { appendLate, type CommittedChange, isLate } from './late-changes.ts';
import { publishChanges } from './publish-changes.ts';

const environment = readEnvironment(CHANGE_STREAM_ENVIRONMENT);
const announcing = onDemand(async () => (await import('./aws-announcing.ts')).awsAnnouncing(environment));
const newUlid = createUlidFactory(systemClock);

/** The event source filters the stream already; what it lets through by mistake is no change to announce. */
const isChange = ({ eventName, dynamodb }: DynamoDBRecord): boolean =>
  eventName === 'INSERT' && dynamodb?.Keys?.pk?.S === CHANGE_PARTITION;

const committedChange = ({ dynamodb }: DynamoDBRecord): CommittedChange => ({
  change: toChange(unmarshall(dynamodb?.NewImage as Record<string, AttributeValue>)),
  committedAt: (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000,
});

/**
 * Announces each committed change on the bus, and appends late ones to the log again (a copy is not announced, but it
 * may be late itself). Throws while anything is refused, so that the event source gives the batch again: consumers
 * see a change at least once, and so do readers of the log.
 */
export const handler = middy<DynamoDBStreamEvent, void>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event) => {
    const { publisher, lateChanges } = await announcing();
    const committed = event.Records.filter(isChange).map(committedChange);
    const late = committed.filter(isLate);
    const news = committed.map(({ change }) => change).filter(({ copyOf }) => copyOf === undefined);
    // Neither waits for the other: a bus that refuses holds up no reader of the log, a table that does no consumer.
    const done = await Promise.allSettled([
      publishChanges(news, publisher),
      ...late.map((entry) => appendLate(entry, lateChanges, newUlid)),
    ]);
    const failures = done.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} parts of the batch failed`);
    metrics.addMetric(CHANGE_METRICS.published, MetricUnit.Count, news.length);
    metrics.addMetric(CHANGE_METRICS.late, MetricUnit.Count, late.length);
  });
