import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs of this function. An agent id is a field of a line, never a metric's dimension. */
export const logger = new Logger();
