import { createDocumentClient } from '../shared/aws-clients.ts';
import { awsHealthMonitor } from './aws-health-monitor.ts';

/** What taking heartbeats works with, by the ambient credentials. */
export function awsHealthApi(table: string) {
  const { context, ...stores } = awsHealthMonitor(createDocumentClient(), table);
  return { ...stores, clock: context.clock, retries: context.retries };
}
