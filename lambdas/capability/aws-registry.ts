import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { activityFrom } from '../health/activity.ts';
import { awsHealthMonitor } from '../health/aws-health-monitor.ts';
import { systemClock } from '../shared/clock.ts';
import { metrics } from '../shared/metrics.ts';
import { awsSources } from './aws-sources.ts';
import { INDEX_METRICS, type READ_API_ENVIRONMENT } from './contract.ts';
import { steadyClock } from './moment.ts';
import { WarmIndex } from './warm-index.ts';

/**
 * What the read function answers from, by the ambient credentials: the table, the log, the warm index of both, and what
 * the monitor keeps.
 */
export function awsRegistry(environment: Readonly<Record<(typeof READ_API_ENVIRONMENT)[number], string>>) {
  const { store, client, ...sources } = awsSources(environment);
  const { monitor, reports, ...kept } = awsHealthMonitor(client, environment.TABLE_NAME);
  const index = new WarmIndex({
    ...sources,
    agents: store,
    clock: systemClock,
    steady: steadyClock,
    maxStaleness: Number(environment.INDEX_MAX_STALENESS_MS),
    onRefresh: (age) => {
      metrics.addMetric(INDEX_METRICS.indexAge, MetricUnit.Milliseconds, age);
      metrics.publishStoredMetrics();
    },
  });
  const activityOf = activityFrom({ ...kept, clock: systemClock });
  return { store, changes: sources.changes, index, monitor, reports, activityOf };
}
