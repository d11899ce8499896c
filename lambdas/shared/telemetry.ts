import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** Structured logs of this function. An agent id is a field of a line, never a metric's dimension. */
export const logger = new Logger();

/** Metrics in the embedded metric format: a log line, so they cost no call. */
export const metrics = new Metrics();
