import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { systemClock } from '../shared/clock.ts';
import { metrics } from '../shared/metrics.ts';
import { awsSources } from './aws-sources.ts';
import { INDEX_METRICS, type READ_API_ENVIRONMENT } from './contract.ts';
import { steadyClock } from './moment.ts';
import { WarmIndex } from './warm-index.ts';

/** What the read function answers from: the table, the log, and the warm index of both, by the ambient credentials. */
export function awsRegistry(environment: Readonly<Record<(typeof READ_API_ENVIRONMENT)[number], string>>) {
  const { store, ...sources } = awsSources(environment);
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
  return { store, changes: sources.changes, index };
}
