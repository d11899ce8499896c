import { parseAllowedHosts } from '../shared/allowed-hosts.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createGuardedFetch } from '../shared/guarded-fetch.ts';
import { logger } from '../shared/telemetry.ts';
import { HttpChecker } from './checks/http-check.ts';
import { ROUND_ENVIRONMENT } from './contract.ts';
import { roundHandler } from './rounds/round-handler.ts';

const environment = readEnvironment(ROUND_ENVIRONMENT);
const allowedHosts = parseAllowedHosts(process.env.ALLOWED_HOSTS);

/** Asks the HTTP endpoints of agents, every half a minute. */
export const handler = roundHandler(async () => {
  const { awsRound } = await import('./rounds/aws-round.ts');
  const checker = new HttpChecker({
    fetch: createGuardedFetch({ allowedHosts }),
    clock: systemClock,
    onFault: (agentId, error) => logger.error('An agent could not be asked by a fault of ours', { agentId, error }),
  });
  return awsRound(checker, environment.TABLE_NAME);
});
