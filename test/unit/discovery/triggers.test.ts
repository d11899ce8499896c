import { describe, expect, test } from '@jest/globals';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { SCHEDULED_POLL } from '../../../lambdas/discovery/contract.ts';
import { keysIn, messagesToRepeat, wantedBy } from '../../../lambdas/discovery/triggers.ts';

/** A batch of a queue; an object goes into its message as JSON. */
const batch = (...bodies: unknown[]): SQSEvent => ({
  Records: bodies.map((body, n) => ({
    messageId: `m${n}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })) as SQSRecord[],
});

/** An event of S3 as EventBridge gives it (S3 user guide, "EventBridge event message structure"). */
const anS3Event = (key: unknown, type = 'Object Created') => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': type,
  source: 'aws.s3',
  account: '111122223333',
  time: '2026-11-21T10:00:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:s3:::bucket'],
  detail: {
    version: '0',
    bucket: { name: 'bucket' },
    object: { key, size: 5, etag: 'b1946ac92492d2347c6235b4d2611184', sequencer: '00617F08299329D189' },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '123456789012',
    'source-ip-address': '1.2.3.4',
    reason: 'PutObject',
  },
});

const MALFORMED: readonly unknown[] = [
  '',
  'not JSON',
  '{"detail":',
  'null',
  '[]',
  '"text"',
  '{}',
  { detail: null },
  { detail: { object: null } },
  { detail: { object: { key: 5 } } },
  { detail: { object: { key: '' } } },
  { trigger: 'something else' },
];

describe('what wakes the function', () => {
  test('is the schedule, itself or in a message: both want a poll', () => {
    expect(wantedBy(SCHEDULED_POLL)).toEqual({ poll: true, messages: [] });
    expect(wantedBy(batch(SCHEDULED_POLL))).toMatchObject({ poll: true });
    expect(keysIn(wantedBy(batch(SCHEDULED_POLL)).messages)).toEqual([]);
  });

  test('are events of objects that came or went: their keys are wanted, as they are', () => {
    const { poll, messages } = wantedBy(
      batch(anS3Event('manifests/a/manifest.json'), anS3Event('manifests/b c+d/manifest.json', 'Object Deleted')),
    );

    expect(poll).toBe(false);
    expect(keysIn(messages)).toEqual(['manifests/a/manifest.json', 'manifests/b c+d/manifest.json']);
  });

  test.each(MALFORMED)('may be a message that cannot be read: %j wants nothing, and comes again', (body) => {
    const { poll, messages } = wantedBy(batch(anS3Event('manifests/a/manifest.json'), body));

    expect(poll).toBe(false);
    expect(keysIn(messages)).toEqual(['manifests/a/manifest.json']);
    expect(messagesToRepeat(messages, new Set())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  });
});

describe('messages that come again', () => {
  test('are those whose objects were not settled, every one of them', () => {
    const { messages } = wantedBy(batch(anS3Event('x'), anS3Event('y'), anS3Event('x'), SCHEDULED_POLL));

    expect(messagesToRepeat(messages, new Set(['x']))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }],
    });
    expect(messagesToRepeat(messages, new Set())).toEqual({ batchItemFailures: [] });
  });
});
