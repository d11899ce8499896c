import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { DynamoChangeLog, DynamoHeadList } from '../agents/dynamo-change-log.ts';
import { createDocumentClient } from '../shared/aws-clients.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { logger, metrics } from '../shared/telemetry.ts';
import { type BaseBuilder, type BaseReport, buildBase } from './build-base.ts';
import { INDEX_BASE_ENVIRONMENT, INDEX_METRICS } from './contract.ts';
import { s3Bases } from './s3-base-store.ts';

const { TABLE_NAME, BUCKET_NAME } = readEnvironment(INDEX_BASE_ENVIRONMENT);
const client = createDocumentClient();
const builder: BaseBuilder = {
  changes: new DynamoChangeLog(client, TABLE_NAME),
  heads: new DynamoHeadList(client, TABLE_NAME),
  bases: s3Bases(client, TABLE_NAME, BUCKET_NAME),
  clock: systemClock,
};

/** Runs on a schedule: writes a new base snapshot where one is due, and tells how old the newest is. */
export const handler = middy<unknown, BaseReport>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async () => {
    const report = await buildBase(builder);
    logger.info('Looked after the base', { ...report });
    metrics.addMetric(INDEX_METRICS.baseAge, MetricUnit.Seconds, report.age / 1000);
    return report;
  });
