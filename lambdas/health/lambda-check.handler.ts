import { readEnvironment } from '../shared/environment.ts';
import { controlPlane } from './checks/control-plane.ts';
import { LambdaChecker } from './checks/lambda-check.ts';
import { AWS_CHECK_ENVIRONMENT } from './contract.ts';
import { roundHandler } from './rounds/round-handler.ts';

const environment = readEnvironment(AWS_CHECK_ENVIRONMENT);
const settings = controlPlane('lambda', environment.ACCOUNT_ID, process.env.CHECKED_FUNCTIONS);

/** Asks Lambda for the functions of agents, as far as that is permitted. */
export const handler = roundHandler(async () => {
  const [{ awsRound }, { awsFunctions }] = await Promise.all([
    import('./rounds/aws-round.ts'),
    import('./checks/aws-lambda-check.ts'),
  ]);
  return awsRound(new LambdaChecker({ ask: awsFunctions(), ...settings }), environment.TABLE_NAME);
});
