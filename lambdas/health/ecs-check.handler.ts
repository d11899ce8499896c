import { readEnvironment } from '../shared/environment.ts';
import { controlPlane } from './checks/control-plane.ts';
import { EcsChecker } from './checks/ecs-check.ts';
import { AWS_CHECK_ENVIRONMENT } from './contract.ts';
import { roundHandler } from './rounds/round-handler.ts';

const environment = readEnvironment(AWS_CHECK_ENVIRONMENT);
const settings = controlPlane('ecs', environment.ACCOUNT_ID, process.env.CHECKED_SERVICES);

/** Asks ECS for the services of agents, as far as that is permitted. */
export const handler = roundHandler(async () => {
  const [{ awsRound }, { awsServices }] = await Promise.all([
    import('./rounds/aws-round.ts'),
    import('./checks/aws-ecs-check.ts'),
  ]);
  return awsRound(new EcsChecker({ ask: awsServices(), ...settings }), environment.TABLE_NAME);
});
