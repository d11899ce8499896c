import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { metrics } from '../shared/metrics.ts';
import { onDemand } from '../shared/on-demand.ts';
import { logger } from '../shared/telemetry.ts';
import { CHECK_KINDS, HEALTH_METRICS, ROUND_ENVIRONMENT } from './contract.ts';
import type { SweepReport } from './health-report.ts';
import { monitorState } from './monitor-age.ts';

const environment = readEnvironment(ROUND_ENVIRONMENT);
const health = onDemand(async () => (await import('./aws-sweep.ts')).awsSweep(environment.TABLE_NAME));

/** Milliseconds before the function's end at which no further agent is begun with. */
const LEFT_MS = 10_000;

/** Runs on a schedule: sweeps the leases, and tells how all those do who watch over the agents. */
export const handler = middy<unknown, SweepReport | undefined>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (_event, lambda: Context) => {
    const { sweep, reports } = await health();
    const report = await sweep.run(systemClock.now() + lambda.getRemainingTimeInMillis() - LEFT_MS);
    const told = await Promise.all([reports.sweep(), ...CHECK_KINDS.map((kind) => reports.round(kind))]);
    const { age, held } = monitorState(told, systemClock.now());
    metrics.addMetric(HEALTH_METRICS.age, MetricUnit.Seconds, age / 1000);
    metrics.addMetric(HEALTH_METRICS.held, MetricUnit.Count, held);
    logger.info('Swept the leases', { ...report, age, allHeld: held });
    return report;
  });
