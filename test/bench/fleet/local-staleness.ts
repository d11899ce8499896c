import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { localTarget } from '../../../bin/cli/stage.ts';
import type { LocalOutputs } from '../../../bin/local/outputs.ts';

/**
 * Milliseconds that a copy of the index may be old on the local stack while it is searched by many at once. The emulator
 * answers a Query by walking the whole partition, 130 ms for a log of 4,462 entries, and one at a time: 64 readers that
 * looked each second, as they do on AWS, would keep it busy for eight.
 */
const STALENESS_MS = 600_000;

async function setStaleness(lambda: LambdaClient, milliseconds: number): Promise<number> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const FunctionName = Functions.map(({ FunctionName: name = '' }) => name).find((name) => name.endsWith('read-api'));
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const before = Number(Environment?.Variables?.INDEX_MAX_STALENESS_MS);
  const Variables = { ...Environment?.Variables, INDEX_MAX_STALENESS_MS: String(milliseconds) };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  return before;
}

/** Does something while the readers of the local stack look for changes less often; elsewhere it just does it. */
export async function withLocalStaleness<Result>(
  local: LocalOutputs | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (local === undefined) return work();
  const lambda = new LambdaClient(localTarget(local));
  const before = await setStaleness(lambda, STALENESS_MS);
  try {
    return await work();
  } finally {
    await setStaleness(lambda, before);
  }
}
