import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { systemClock } from '../../shared/clock.ts';
import { metrics } from '../../shared/metrics.ts';
import { onDemand } from '../../shared/on-demand.ts';
import { logger } from '../../shared/telemetry.ts';
import { CHECK_KINDS, HEALTH_METRICS } from '../contract.ts';
import type { HealthReports, SweepReport } from '../health-report.ts';
import { monitorState } from './monitor-age.ts';
import type { LeaseSweep } from './sweep.ts';

/** Milliseconds before the function's end at which no further agent is begun with. */
const LEFT_MS = 10_000;

interface Swept {
  readonly sweep: Pick<LeaseSweep, 'run'>;
  readonly reports: Pick<HealthReports, 'round' | 'sweep'>;
}

/**
 * Handler of the sweeping function: sweeps the leases, and tells how all those do who watch over the agents.
 *
 * @param make loads what the sweeps work with, at the first of them
 */
export function sweepHandler(make: () => Promise<Swept>) {
  const health = onDemand(make);
  return async (
    _event: unknown,
    lambda: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SweepReport | undefined> => {
    const { sweep, reports } = await health();
    const report = await sweep.run(systemClock.now() + lambda.getRemainingTimeInMillis() - LEFT_MS);
    const told = await Promise.all([reports.sweep(), ...CHECK_KINDS.map((kind) => reports.round(kind))]);
    const { age, held } = monitorState(told, systemClock.now());
    metrics.addMetric(HEALTH_METRICS.age, MetricUnit.Seconds, age / 1000);
    metrics.addMetric(HEALTH_METRICS.held, MetricUnit.Count, held);
    logger.info('Swept the leases', { ...report, age, allHeld: held });
    return report;
  };
}
