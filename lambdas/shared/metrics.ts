import { Metrics } from '@aws-lambda-powertools/metrics';

/** Metrics in the embedded metric format: a log line, so they cost no call. */
export const metrics = new Metrics();
