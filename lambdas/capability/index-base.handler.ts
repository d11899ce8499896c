import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { metrics } from '../shared/metrics.ts';
import { onDemand } from '../shared/on-demand.ts';
import { logger } from '../shared/telemetry.ts';
import { type BaseBuilder, type BaseReport, buildBase } from './base/build-base.ts';
import { INDEX_BASE_ENVIRONMENT, INDEX_METRICS } from './contract.ts';

const environment = readEnvironment(INDEX_BASE_ENVIRONMENT);

const builder = onDemand(async (): Promise<BaseBuilder> => {
  const { awsSources } = await import('./aws-sources.ts');
  return { ...awsSources(environment), clock: systemClock };
});

/** Runs on a schedule: writes a new base snapshot where one is due, and tells how old the newest is. */
export const handler = middy<unknown, BaseReport>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async () => {
    const report = await buildBase(await builder());
    logger.info('Looked after the base', { ...report });
    metrics.addMetric(INDEX_METRICS.baseAge, MetricUnit.Seconds, report.age / 1000);
    return report;
  });
