import type { StageConfig } from './config.ts';

/** Last parts of the functions' names. What is listed here is alarmed on and shown on the dashboard. */
export const FUNCTIONS = ['read-api', 'write-api', 'openapi', 'discovery', 'change-stream', 'index-base'] as const;
export type FunctionShortName = (typeof FUNCTIONS)[number];

/** A function's full name: also its `service` in metrics and logs. */
export const functionNameOf = ({ name }: StageConfig, shortName: FunctionShortName): string => `${name}-${shortName}`;
