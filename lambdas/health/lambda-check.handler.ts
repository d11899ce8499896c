import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { LambdaChecker } from './checks/lambda-check.ts';
import { parsePermitted } from './checks/permitted.ts';
import { ROUND_ENVIRONMENT } from './contract.ts';
import { roundHandler } from './round-handler.ts';

const environment = readEnvironment(ROUND_ENVIRONMENT);
const permits = parsePermitted(process.env.CHECKED_FUNCTIONS);

/** Asks Lambda for the functions of agents, as far as that is permitted. */
export const handler = roundHandler(async () => {
  const [{ awsRound }, { awsFunctions }] = await Promise.all([
    import('./aws-round.ts'),
    import('./checks/aws-lambda-check.ts'),
  ]);
  return awsRound(new LambdaChecker({ ask: awsFunctions(), permits, clock: systemClock }), environment.TABLE_NAME);
});
