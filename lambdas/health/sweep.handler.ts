import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { readEnvironment } from '../shared/environment.ts';
import { metrics } from '../shared/metrics.ts';
import { logger } from '../shared/telemetry.ts';
import { ROUND_ENVIRONMENT } from './contract.ts';
import type { SweepReport } from './health-report.ts';
import { sweepHandler } from './sweep/sweep-handler.ts';

const environment = readEnvironment(ROUND_ENVIRONMENT);

/** Runs on a schedule. */
export const handler = middy<unknown, SweepReport | undefined>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(sweepHandler(async () => (await import('./sweep/aws-sweep.ts')).awsSweep(environment.TABLE_NAME)));
