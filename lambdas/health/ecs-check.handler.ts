import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { logger } from '../shared/telemetry.ts';
import { EcsChecker } from './checks/ecs-check.ts';
import { parsePermitted } from './checks/permitted.ts';
import { AWS_CHECK_ENVIRONMENT } from './contract.ts';
import { roundHandler } from './rounds/round-handler.ts';

const environment = readEnvironment(AWS_CHECK_ENVIRONMENT);
/** Lambda tells each function its region. */
const own = { account: environment.ACCOUNT_ID, region: process.env.AWS_REGION ?? '' };
const permits = parsePermitted(process.env.CHECKED_SERVICES);

/** Asks ECS for the services of agents, as far as that is permitted. */
export const handler = roundHandler(async () => {
  const [{ awsRound }, { awsServices }] = await Promise.all([
    import('./rounds/aws-round.ts'),
    import('./checks/aws-ecs-check.ts'),
  ]);
  const checker = new EcsChecker({
    ask: awsServices(),
    permits,
    own,
    clock: systemClock,
    onUnasked: (agents) => logger.info('Some agents were not asked after', { kind: 'ecs', agents }),
  });
  return awsRound(checker, environment.TABLE_NAME);
});
