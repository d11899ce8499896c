import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
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

/**
 * Changes the environment of a deployed function; `undefined` takes a variable away. Its instances start anew.
 *
 * @param target where it is deployed. @default - the stack of the tests
 */
export async function setEnvironment(
  which: FunctionShortName,
  change: Record<string, string | undefined>,
  target: LambdaClientConfig = awsClientConfig(),
): Promise<void> {
  const lambda = new LambdaClient(target);
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

/** What a call of a function gave, and the end of what it logged: 4 KB. */
export interface Invoked<Result> {
  readonly result: Result;
  readonly log: string;
}

/** Calls a function with an event, as its schedule would. */
export async function invokeWithLog<Result>(which: FunctionShortName, event: object = {}): Promise<Invoked<Result>> {
  const lambda = new LambdaClient(awsClientConfig());
  const { Payload, FunctionError, LogResult } = await lambda.send(
    new InvokeCommand({
      FunctionName: await nameOf(lambda, which),
      Payload: JSON.stringify(event),
      LogType: 'Tail',
    }),
  );
  const text = new TextDecoder().decode(Payload);
  if (FunctionError) throw new Error(`${which} failed: ${text}`);
  return { result: JSON.parse(text) as Result, log: Buffer.from(LogResult ?? '', 'base64').toString() };
}

/** What a call of a function gives. */
export const invokeFunction = async <Result>(which: FunctionShortName): Promise<Result> =>
  (await invokeWithLog<Result>(which)).result;

/** What a function is given to run with: MB, of which its share of a processor follows, and its environment. */
export async function configurationOf(
  which: FunctionShortName,
  target: LambdaClientConfig = awsClientConfig(),
): Promise<{ readonly memory: number; readonly environment: Readonly<Record<string, string>> }> {
  const lambda = new LambdaClient(target);
  const { MemorySize = 0, Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: await nameOf(lambda, which) }),
  );
  return { memory: MemorySize, environment: Environment?.Variables ?? {} };
}
