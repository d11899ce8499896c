import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { logger } from '../shared/telemetry.ts';
import { LambdaChecker } from './checks/lambda-check.ts';
import { parsePermitted } from './checks/permitted.ts';
import { AWS_CHECK_ENVIRONMENT } from './contract.ts';
import { roundHandler } from './rounds/round-handler.ts';

const environment = readEnvironment(AWS_CHECK_ENVIRONMENT);
/** Lambda tells each function its region. */
const own = { account: environment.ACCOUNT_ID, region: process.env.AWS_REGION ?? '' };
const permits = parsePermitted(process.env.CHECKED_FUNCTIONS);

/** Asks Lambda for the functions of agents, as far as that is permitted. */
export const handler = roundHandler(async () => {
  const [{ awsRound }, { awsFunctions }] = await Promise.all([
    import('./rounds/aws-round.ts'),
    import('./checks/aws-lambda-check.ts'),
  ]);
  const checker = new LambdaChecker({
    ask: awsFunctions(),
    permits,
    own,
    clock: systemClock,
    onUnasked: (agents) => logger.info('Some agents were not asked after', { kind: 'lambda', agents }),
  });
  return awsRound(checker, environment.TABLE_NAME);
});
