import { progressLines } from '../../bin/local/progress.ts';
import { DYNAMODB_LOCAL_VARIABLE, LOCAL_STACK_VARIABLE } from './local-stack.ts';
import { type RunningStacks, startStacks } from './running-stacks.ts';

declare global {
  /** Carries the running stacks from the setup to the teardown; Jest gives the two nothing else to share. */
  var runningStacks: RunningStacks | undefined;
}

/** Jest's global setup of the integration project: what it sets in the environment, `local-stack.ts` reads. */
export default async function setUp(): Promise<void> {
  const stacks = await startStacks(progressLines((line) => process.stderr.write(`${line}\n`)));
  globalThis.runningStacks = stacks;
  process.env[LOCAL_STACK_VARIABLE] = JSON.stringify(stacks.registry.outputs);
  if (stacks.dynamoDb) process.env[DYNAMODB_LOCAL_VARIABLE] = stacks.dynamoDb.endpoint;
}
