/**
 * Makes one scheduled poll of the discovery function in a process that does nothing else, and prints what that took as
 * its last line: `{"milliseconds":400,"megabytes":210}`. All of the process counts, loading the code and Node among it.
 * Its environment is the function's.
 */
import { SCHEDULED_POLL } from '../../lambdas/discovery/contract.ts';
import { handler } from '../../lambdas/discovery/discovery.handler.ts';
import { aLambdaContext } from './http-events.ts';

/** Milliseconds that a call of the deployed function may take (`lib/constructs/discovery.ts`). */
const TIMEOUT_MS = 120_000;

const start = performance.now();
await handler(SCHEDULED_POLL, { ...aLambdaContext(), getRemainingTimeInMillis: () => TIMEOUT_MS });
const milliseconds = Math.round(performance.now() - start);
console.log(JSON.stringify({ milliseconds, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
