import type { Change } from '../../lambdas/agents/change.ts';
import { DynamoChangeLog } from '../../lambdas/agents/dynamo-change-log.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { firstUlidOf } from '../../lambdas/shared/ids.ts';
import { awsClientConfig, localStack } from './local-stack.ts';

/** What the deployed registry's log has of one agent, in the order of its revisions; late entries come twice. */
export async function changesOf(agentId: string): Promise<Change[]> {
  const log = new DynamoChangeLog(createDocumentClient(awsClientConfig()), localStack().tableName);
  const changes: Change[] = [];
  for await (const page of log.read(firstUlidOf(0))) changes.push(...page.filter((one) => one.agentId === agentId));
  return changes.sort((a, b) => a.revision - b.revision);
}
