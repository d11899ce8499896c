import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { changeItem, headItem, type Item } from '../../../lambdas/agents/dynamo-items.ts';
import { aChange, aDigest, aHead } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aLambdaContext } from '../../support/http-events.ts';

const bridge = mockClient(EventBridgeClient);
let handler: (event: DynamoDBStreamEvent, context: ReturnType<typeof aLambdaContext>) => Promise<void>;

beforeAll(async () => {
  jest.replaceProperty(process, 'env', {
    ...process.env,
    EVENT_BUS_NAME: 'the-bus',
    AWS_REGION: 'eu-central-1',
    POWERTOOLS_METRICS_NAMESPACE: 'test',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  ({ handler } = await import('../../../lambdas/agents/change-stream.handler.ts'));
});
afterAll(() => {
  jest.restoreAllMocks();
});
beforeEach(() => {
  bridge.reset();
});

function record(eventName: 'INSERT' | 'MODIFY' | 'REMOVE', item: Item): DynamoDBRecord {
  const { pk, sk } = item;
  const image = marshall(item, { removeUndefinedValues: true });
  return { eventName, dynamodb: { Keys: marshall({ pk, sk }), NewImage: image } } as DynamoDBRecord;
}
const inserted = (revision: number) => record('INSERT', changeItem(aChange({ revision })));
const send = (...Records: DynamoDBRecord[]) => handler({ Records }, aLambdaContext());
const announced = () =>
  bridge
    .commandCalls(PutEventsCommand)
    .flatMap(({ args }) => args[0].input.Entries ?? [])
    .map(({ Detail = '' }) => JSON.parse(Detail).eventId);

describe('the change stream', () => {
  test('announces inserted changes and nothing else', async () => {
    bridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'a' }, { EventId: 'b' }] });
    await send(
      inserted(1),
      record('MODIFY', changeItem(aChange({ revision: 2 }))),
      record('REMOVE', changeItem(aChange({ revision: 3 }))),
      record('INSERT', headItem(aHead(), aDigest())),
      inserted(4),
    );

    expect(announced()).toEqual(['calendar-agent#1', 'calendar-agent#4']);
  });

  test('throws while any is refused, so that the stream gives the batch again', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] });

    expect(await rejectionOf(send(inserted(1)))).toMatchObject({ name: 'ChangesRefusedError' });
  });

  test('calls nobody for a batch without changes', async () => {
    await send(record('INSERT', headItem(aHead(), aDigest())));

    expect(announced()).toEqual([]);
  });
});
