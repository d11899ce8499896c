import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSEvent } from 'aws-lambda';
import { systemClock } from '../../shared/clock.ts';
import { metrics } from '../../shared/metrics.ts';
import { onDemand } from '../../shared/on-demand.ts';
import { logger } from '../../shared/telemetry.ts';
import { HEALTH_METRICS, type SCHEDULED_ROUND } from '../contract.ts';
import type { RoundReport } from '../health-report.ts';
import type { CheckRound } from './check-round.ts';

/** What wakes a checking function: its schedule, directly, or by way of the queue that holds it back for half a minute. */
export type RoundEvent = typeof SCHEDULED_ROUND | SQSEvent;

/** Milliseconds before the function's end at which a round must have come to its own. */
const LEFT_MS = 3_000;

/**
 * Handler of a checking function. A round that fails is an error of the function; a message is settled all the same,
 * because the next round finds all that it would have found.
 *
 * @param make loads what the rounds work with, at the first of them
 */
export function roundHandler(make: () => Promise<Pick<CheckRound, 'run'>>) {
  const rounds = onDemand(make);
  return async (event: RoundEvent, lambda: Context): Promise<RoundReport | undefined> => {
    logger.addContext(lambda);
    try {
      const report = await (await rounds()).run(systemClock.now() + lambda.getRemainingTimeInMillis() - LEFT_MS);
      logger.info(report ? 'Made a round' : 'Another round is under way', { ...report });
      if (report) {
        metrics.addMetric(HEALTH_METRICS.failed, MetricUnit.Count, report.results.failed);
        metrics.publishStoredMetrics();
      }
      return report;
    } catch (error) {
      if (!('Records' in event)) throw error;
      logger.error('The round failed', { error });
      return undefined;
    }
  };
}
