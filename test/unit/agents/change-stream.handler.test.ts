import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import type { Change } from '../../../lambdas/agents/change.ts';
import { changeItem, headItem, type Item, keys, toChange } from '../../../lambdas/agents/dynamo-items.ts';
import { firstUlidOf } from '../../../lambdas/shared/ids.ts';
import { aChange, aDigest, aHead, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aLambdaContext } from '../../support/http-events.ts';

const bridge = mockClient(EventBridgeClient);
const table = mockClient(DynamoDBDocumentClient);
let handler: (event: DynamoDBStreamEvent, context: ReturnType<typeof aLambdaContext>) => Promise<void>;

beforeAll(async () => {
  jest.replaceProperty(process, 'env', {
    ...process.env,
    EVENT_BUS_NAME: 'the-bus',
    TABLE_NAME: 'the-table',
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
  table.reset();
});

/** A record of the stream; its item was committed `delay` milliseconds after its time. */
function record(eventName: 'INSERT' | 'MODIFY' | 'REMOVE', item: Item, delay = 0): DynamoDBRecord {
  const { pk, sk } = item;
  const image = marshall(item, { removeUndefinedValues: true });
  const ApproximateCreationDateTime = Math.floor((START + delay) / 1_000);
  const dynamodb = { Keys: marshall({ pk, sk }), NewImage: image, ApproximateCreationDateTime };
  return { eventName, dynamodb } as DynamoDBRecord;
}
/** A change whose id was made at the start. */
const madeAtStart = (revision: number, overrides: Partial<Change> = {}) =>
  aChange({ revision }, { id: `${firstUlidOf(START).slice(0, 25)}${revision}`, ...overrides });
const inserted = (revision: number) => record('INSERT', changeItem(madeAtStart(revision)));
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
      record('MODIFY', changeItem(madeAtStart(2))),
      record('REMOVE', changeItem(madeAtStart(3))),
      record('INSERT', headItem(aHead(), aDigest())),
      inserted(4),
    );

    expect(announced()).toEqual(['calendar-agent#1', 'calendar-agent#4']);
  });

  test('throws while any is refused, so that the stream gives the batch again', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] });

    expect(await rejectionOf(send(inserted(1)))).toMatchObject({ errors: [{ name: 'ChangesRefusedError' }] });
  });

  test('calls nobody for a batch without changes', async () => {
    await send(record('INSERT', headItem(aHead(), aDigest())));

    expect(announced()).toEqual([]);
  });

  test('appends a late change again without announcing its copy, and its newest entry behind it', async () => {
    bridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'a' }] });
    const late = madeAtStart(1);
    const newest = madeAtStart(2);
    const head = headItem(aHead({ revision: 2, changeId: newest.id }), aDigest());
    table.on(GetCommand, { Key: keys.head('calendar-agent') }).resolves({ Item: head });
    table.on(GetCommand, { Key: keys.change(newest.id) }).resolves({ Item: changeItem(newest) });
    table.on(TransactWriteCommand).resolves({});

    await send(record('INSERT', changeItem(late), 5_000));

    const written = table.commandCalls(TransactWriteCommand).flatMap(({ args }) => args[0].input.TransactItems ?? []);
    const copies = written.flatMap(({ Put }) => (Put ? [toChange(Put.Item ?? {})] : []));
    expect(copies).toEqual([
      { ...late, id: expect.any(String), copyOf: late.id },
      { ...newest, id: expect.any(String), copyOf: newest.id },
    ]);
    expect((copies[0]?.id ?? '') < (copies[1]?.id ?? '')).toBe(true);
    expect(written[1]?.Update).toMatchObject({ Key: keys.change(late.id), UpdateExpression: 'SET #copiedAs = :copy' });
    expect(written[0]?.Update?.ExpressionAttributeValues).toMatchObject({
      ':expectedRevision': 2,
      ':expectedChange': newest.id,
      ':newest': copies[1]?.id,
    });
    expect(announced()).toEqual(['calendar-agent#1']);
  });

  test('announces what it can while a late change cannot be appended, and throws', async () => {
    bridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'a' }, { EventId: 'b' }] });
    table.on(GetCommand).rejects(new Error('out of reach'));
    const late = record('INSERT', changeItem(madeAtStart(1)), 5_000);

    expect(await rejectionOf(send(late, inserted(2)))).toBeInstanceOf(AggregateError);
    expect(announced()).toEqual(['calendar-agent#1', 'calendar-agent#2']);
  });

  test('does not announce a copy', async () => {
    await send(record('INSERT', changeItem(madeAtStart(1, { copyOf: 'another' }))));

    expect(announced()).toEqual([]);
  });
});
