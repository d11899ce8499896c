import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { EVENT_SOURCE } from '../../lambdas/agents/contract.ts';
import type { LifecycleDetail } from '../../lambdas/agents/lifecycle-schema.ts';
import { unique } from './api.ts';
import { awsClientConfig, localStack } from './local-stack.ts';

/** An event as a consumer gets it. */
export interface ConsumedEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: LifecycleDetail;
}

/** A consumer as a user would hang one on the bus: a rule with a queue behind it. */
export interface Consumer {
  /** Everything that has come so far, this call's included. */
  drain(): Promise<readonly ConsumedEvent[]>;
  remove(): Promise<void>;
}

/** Hangs a consuming rule on the registry's bus. */
export async function consumeEvents(): Promise<Consumer> {
  const { busName } = localStack();
  const sqs = new SQSClient(awsClientConfig());
  const events = new EventBridgeClient(awsClientConfig());
  const name = unique('consumer');
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const rule = { Name: name, EventBusName: busName };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: [EVENT_SOURCE] }) }));
  const target = { Id: 'queue', Arn: Attributes?.QueueArn };
  await events.send(new PutTargetsCommand({ Rule: name, EventBusName: busName, Targets: [target] }));

  const consumed: ConsumedEvent[] = [];
  const receive = async (): Promise<number> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return 0;
    consumed.push(...Messages.map(({ Body = '{}' }) => JSON.parse(Body) as ConsumedEvent));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return Messages.length;
  };
  return {
    async drain() {
      while ((await receive()) > 0);
      return consumed;
    },
    async remove() {
      await events.send(new RemoveTargetsCommand({ Rule: name, EventBusName: busName, Ids: ['queue'] }));
      await events.send(new DeleteRuleCommand(rule));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

/** `agentId#revision` of the events of one agent, in the order of their revisions, repeats once. */
export const eventIdsOf = (events: readonly ConsumedEvent[], agentIds: readonly string[]): string[] =>
  [
    ...new Set(events.filter(({ detail }) => agentIds.includes(detail.agentId)).map(({ detail }) => detail.eventId)),
  ].sort();
