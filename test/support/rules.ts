import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { GetQueueUrlCommand, PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsClientConfig } from './local-stack.ts';

/** What sets hot reload going: the last part of the name of its rule, and of the queue behind it (`lib/constructs/reload-triggers.ts`). */
export type ReloadRule = 'reload-poll' | 'manifest-events';

/**
 * Turns off what sets hot reload going, so that a test knows which of its ways it was. What waits in the queues is
 * dropped: the schedule's polls do for half a minute.
 *
 * @returns turns it on again
 */
export async function turnOff(...rules: readonly ReloadRule[]): Promise<() => Promise<void>> {
  const events = new EventBridgeClient(awsClientConfig());
  const sqs = new SQSClient(awsClientConfig());
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const names = rules.map((rule) => {
    const found = Rules.find(({ Name }) => Name?.endsWith(rule))?.Name;
    if (found === undefined) throw new Error(`There is no rule ${rule}`);
    return found;
  });
  for (const Name of names) {
    await events.send(new DisableRuleCommand({ Name }));
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: Name }));
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  }
  return async () => {
    for (const Name of names) await events.send(new EnableRuleCommand({ Name }));
  };
}
