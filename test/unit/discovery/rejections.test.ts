import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { ManifestRefusedError } from '../../../lambdas/discovery/declared-layers.ts';
import { announceRejections } from '../../../lambdas/discovery/event-bridge-rejections.ts';
import type { RefusedManifest } from '../../../lambdas/discovery/hot-reload-change.ts';
import { refuse } from '../../../lambdas/discovery/refuse-manifest.ts';
import { rejectionOf as detailOf } from '../../../lambdas/discovery/rejection.ts';
import { RejectionDetail } from '../../../lambdas/discovery/rejection-schema.ts';
import { clockAt, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { keyOf } from '../../support/hot-reload.ts';
import { schemaValidator } from '../../support/schema-validator.ts';

const bridge = mockClient(EventBridgeClient);
const client = new EventBridgeClient({ region: 'eu-central-1' });
const isDetail = schemaValidator(RejectionDetail);

beforeEach(() => {
  bridge.reset();
});

const refused = (more: Partial<RefusedManifest> = {}): RefusedManifest => ({
  key: keyOf('a'),
  etag: '"e"@1',
  agentId: 'a',
  step: 'conflict_detection',
  reason: 'it is taken',
  errors: [{ field: 'name', rule: 'unique', message: 'is taken' }],
  since: new Date(START).toISOString(),
  ...more,
});
const details = (count: number) =>
  Array.from({ length: count }, (_, n) => detailOf('s3', refused({ etag: `${n}` }), clockAt()));

describe('the event of a refused manifest', () => {
  test('says which version of what is refused, by which step, and why', () => {
    const detail = detailOf('s3', refused({ line: 3, retryAt: 5 }), clockAt());

    expect(isDetail(detail)).toBe(true);
    expect(detail).toEqual({
      version: 1,
      eventId: `s3:${keyOf('a')}@"e"@1`,
      source: 's3',
      key: keyOf('a'),
      agentId: 'a',
      step: 'conflict_detection',
      reason: 'it is taken',
      errors: [{ field: 'name', rule: 'unique', message: 'is taken' }],
      at: new Date(START).toISOString(),
    });
  });

  test('may be of somebody who is not known', () => {
    expect(isDetail(detailOf('api', refused({ agentId: null }), clockAt()))).toBe(true);
  });

  test.each([
    ['control characters', '\u0001'],
    ['emoji', '😀'],
  ])('is short, whatever the manifest says, also in %s: ten are one call, of at most 256 KB', (_, text) => {
    const errors = Array.from({ length: 100 }, () => {
      return { field: text.repeat(100_000), rule: 'unknownField', message: text.repeat(100_000) };
    });
    const { problem } = refuse(undefined, 'v', new ManifestRefusedError('syntax_validation', errors), START).to;
    const detail = detailOf('s3', refused(problem), clockAt());

    expect(Buffer.byteLength(JSON.stringify(detail))).toBeLessThan(25 * 1024);
    expect([detail.errors.length, problem.errors.length]).toEqual([5, 20]);
    expect(detail.reason.isWellFormed() && detail.errors[0]?.field.isWellFormed()).toBe(true);
  });
});

describe('announcing', () => {
  test('sends ten at a time, each as an event of the registry', async () => {
    bridge.on(PutEventsCommand).callsFake(({ Entries }: { Entries: object[] }) => ({
      Entries: Entries.map(() => ({ EventId: 'e' })),
    }));
    await announceRejections(client, 'the-bus', details(23));
    const calls = bridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries ?? []);

    expect(calls.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(calls[0]?.[0]).toEqual({
      EventBusName: 'the-bus',
      Source: 'agent-registry',
      DetailType: 'ManifestRejected',
      Time: new Date(START),
      Detail: JSON.stringify(details(1)[0]),
    });
    expect(new Set(calls.flat().map(({ Detail }) => Detail)).size).toBe(23);
  });

  test('of nothing calls nobody', async () => {
    await announceRejections(client, 'the-bus', []);

    expect(bridge.commandCalls(PutEventsCommand)).toEqual([]);
  });

  test('fails when the bus refuses one of them, or the call', async () => {
    bridge.on(PutEventsCommand).resolvesOnce({ Entries: [{ EventId: 'e' }, { ErrorCode: 'ThrottlingException' }] });
    expect(await rejectionOf(announceRejections(client, 'the-bus', details(2)))).toMatchObject({
      message: 'The event bus refused 1 of 2 rejections',
    });
    bridge.on(PutEventsCommand).resolvesOnce({});
    await rejectionOf(announceRejections(client, 'the-bus', details(1)));
    bridge.on(PutEventsCommand).rejectsOnce(new Error('out of reach'));
    await rejectionOf(announceRejections(client, 'the-bus', details(1)));
  });
});
