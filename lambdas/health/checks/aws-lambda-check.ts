import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type AwsTarget, BOUNDS } from '../../shared/aws-clients.ts';
import type { AskFunction } from './lambda-check.ts';

/** Codes of Lambda that say more than that there is no answer (API reference, "GetFunctionConfiguration"). */
const ANSWERS: Readonly<Record<string, 'missing' | 'busy'>> = {
  ResourceNotFoundException: 'missing',
  TooManyRequestsException: 'busy',
  ThrottlingException: 'busy',
};

/**
 * Asks Lambda for the state of functions. Nothing is asked again: the next round does, and only so is a call a call.
 *
 * @param target where AWS is, and as whom it is asked. @default - as the surroundings say
 */
export function awsFunctions(target: AwsTarget = {}): AskFunction {
  const client = new LambdaClient({ ...BOUNDS, ...target, maxAttempts: 1 });
  return async ({ name, qualifier }) => {
    try {
      const { State, LastUpdateStatus } = await client.send(
        new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: qualifier }),
      );
      return { state: State, lastUpdateStatus: LastUpdateStatus };
    } catch (error) {
      return ANSWERS[(error as Error).name] ?? 'refused';
    }
  };
}
