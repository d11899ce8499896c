import type { StageConfig } from './config.ts';

/** Last parts of the functions' names. The dashboard shows the errors of all that are listed here. */
export const FUNCTIONS = [
  'read-api',
  'write-api',
  'openapi',
  'discovery',
  'change-stream',
  'index-base',
  'health-api',
  'http-check',
  'lambda-check',
  'ecs-check',
  'health-sweep',
] as const;
export type FunctionShortName = (typeof FUNCTIONS)[number];

/**
 * Functions with an alarm on their errors. What the others fail at shows by itself: changes wait (`iterator-age`), bases
 * grow old (`base-age`), rounds and sweeps come to no end (`health-silence`).
 */
export const ALARMED_FUNCTIONS = [
  'read-api',
  'write-api',
  'openapi',
  'discovery',
  'health-api',
] as const satisfies readonly FunctionShortName[];

/** A function's full name: also its `service` in metrics and logs. */
export const functionNameOf = ({ name }: StageConfig, shortName: FunctionShortName): string => `${name}-${shortName}`;
