import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { awsClientConfig } from './local-stack.ts';

/** What sets hot reload going, by the last part of its rule's name (`lib/constructs/reload-triggers.ts`). */
export type ReloadRule = 'reload-poll' | 'manifest-events';

/**
 * Turns off what sets hot reload going, so that a test knows which of its ways it was.
 *
 * @returns turns it on again
 */
export async function turnOff(...rules: readonly ReloadRule[]): Promise<() => Promise<void>> {
  const events = new EventBridgeClient(awsClientConfig());
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const names = rules.map((rule) => {
    const found = Rules.find(({ Name }) => Name?.endsWith(rule))?.Name;
    if (found === undefined) throw new Error(`There is no rule ${rule}`);
    return found;
  });
  for (const Name of names) await events.send(new DisableRuleCommand({ Name }));
  return async () => {
    for (const Name of names) await events.send(new EnableRuleCommand({ Name }));
  };
}
