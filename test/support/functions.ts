import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { FunctionShortName } from '../../lib/function-names.ts';
import { awsClientConfig } from './local-stack.ts';

async function nameOf(lambda: LambdaClient, which: FunctionShortName): Promise<string> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const found = Functions.find(({ FunctionName }) => FunctionName?.endsWith(which))?.FunctionName;
  if (found === undefined) throw new Error(`There is no function ${which}`);
  return found;
}

/** Changes the environment of a deployed function; `undefined` takes a variable away. Its instances start anew. */
export async function setEnvironment(
  which: FunctionShortName,
  change: Record<string, string | undefined>,
): Promise<void> {
  const lambda = new LambdaClient(awsClientConfig());
  const FunctionName = await nameOf(lambda, which);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const entries = Object.entries({ ...Environment?.Variables, ...change }).filter(([, value]) => value !== undefined);
  const Variables = Object.fromEntries(entries) as Record<string, string>;
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
}

/** Makes a function start anew: its next call is a cold one. */
export const startAnew = (which: FunctionShortName): Promise<void> =>
  setEnvironment(which, { STARTED_ANEW: String(Date.now()) });

/** Calls a function, as its schedule would. */
export async function invokeFunction<Result>(which: FunctionShortName): Promise<Result> {
  const lambda = new LambdaClient(awsClientConfig());
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: await nameOf(lambda, which) }),
  );
  const text = new TextDecoder().decode(Payload);
  if (FunctionError) throw new Error(`${which} failed: ${text}`);
  return JSON.parse(text) as Result;
}
