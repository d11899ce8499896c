import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { EcsChecker } from './checks/ecs-check.ts';
import { parsePermitted } from './checks/permitted.ts';
import { ROUND_ENVIRONMENT } from './contract.ts';
import { roundHandler } from './round-handler.ts';

const environment = readEnvironment(ROUND_ENVIRONMENT);
const permits = parsePermitted(process.env.CHECKED_SERVICES);

/** Asks ECS for the services of agents, as far as that is permitted. */
export const handler = roundHandler(async () => {
  const [{ awsRound }, { awsServices }] = await Promise.all([
    import('./aws-round.ts'),
    import('./checks/aws-ecs-check.ts'),
  ]);
  return awsRound(new EcsChecker({ ask: awsServices(), permits, clock: systemClock }), environment.TABLE_NAME);
});
