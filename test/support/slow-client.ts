import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { awsClientConfig } from './local-stack.ts';

/** How long a call is held up, in milliseconds, by its command's name such as `QueryCommand`. */
export type Delay = (commandName: string) => number;

/** A connection to the deployed table whose calls are held up on their way there, and their answers on the way back. */
export function slowClient(delay: Delay): DynamoDBDocumentClient {
  const client = createDocumentClient(awsClientConfig());
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        await sleep(delay(commandName));
        const answer = await next(args);
        await sleep(delay(commandName));
        return answer;
      },
    { step: 'initialize', name: 'slowClient' },
  );
  return client;
}
