import type { Context, SQSBatchResponse } from 'aws-lambda';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import { onDemand } from '../shared/on-demand.ts';
import { logger } from '../shared/telemetry.ts';
import { DISCOVERY_ENVIRONMENT, DISCOVERY_ROUTES } from './contract.ts';
import { keysIn, messagesToRepeat, type TriggerEvent, wantedBy } from './triggers.ts';

const environment = readEnvironment(DISCOVERY_ENVIRONMENT);

/** What the function works with. Its first use loads it: the clients of AWS take longer to start than all else. */
const discovery = onDemand(() => import('./aws-discovery.ts'));

/** Milliseconds before the function's end at which no further manifest begins: one may have to wait for MCP servers. */
const LEFT_MS = 40_000;

async function poll(remaining: number): Promise<void> {
  const { agents } = await discovery();
  const { sources } = await agents.reload({ deadline: systemClock.now() + remaining - LEFT_MS });
  const failed = Object.entries(sources).filter(([, report]) => report?.outcome === 'failed');
  // Counted as an error of the function: one is mended by the next poll, three within a quarter of an hour are told.
  if (failed.length > 0) throw new Error(failed.map(([source, report]) => `${source}: ${report?.error}`).join('; '));
}

const routes = DISCOVERY_ROUTES.map((key): [string, Route] => [
  key,
  async (request) => (await discovery()).routes[key](request),
]);

const api = apiHandler(Object.fromEntries(routes), {
  allowAnonymous: environment.ALLOW_ANONYMOUS === 'true',
  optionalBody: ['POST /registry/reload'],
});

async function triggered(event: TriggerEvent, remaining: number): Promise<SQSBatchResponse> {
  const { poll: isPoll, messages } = wantedBy(event);
  const keys = keysIn(messages);
  const { bucket } = await discovery();
  const unsettled = keys.length > 0 ? await bucket.manager.settle(keys) : new Map<string, unknown>();
  for (const [key, error] of unsettled) logger.warn('A manifest could not be settled', { key, error });
  if (isPoll) await poll(remaining);
  return messagesToRepeat(messages, new Set(unsettled.keys()));
}

type ApiEvent = Parameters<typeof api>[0];

/** Follows the sources: woken by the schedule, by its two queues, and by the routes of the API. */
export const handler = async (event: ApiEvent | TriggerEvent, lambda: Context): Promise<unknown> => {
  if ('routeKey' in event) return api(event, lambda);
  logger.addContext(lambda);
  return triggered(event, lambda.getRemainingTimeInMillis());
};
