import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Agent } from '../../lambdas/agents/agent-view.ts';
import { call, unique } from '../support/api.ts';
import { type Consumer, consumeEvents, eventIdsOf } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { setEnvironment } from '../support/functions.ts';
import { localStack } from '../support/local-stack.ts';
import { type Meddle, type MeddlingProxy, passOn, startProxy } from '../support/proxy.ts';

jest.setTimeout(180_000);

const refuseWholly: Meddle = async (_incoming, _forward, response) => {
  response.writeHead(503, { 'Content-Type': 'application/x-amz-json-1.1' }).end('{"__type":"InternalException"}');
};

describe('with PutEvents failing', () => {
  let consumer: Consumer;
  let proxy: MeddlingProxy;
  beforeAll(async () => {
    consumer = await consumeEvents();
    proxy = await startProxy(localStack().endpoint);
    await setEnvironment('change-stream', { AWS_ENDPOINT_URL_EVENTBRIDGE: proxy.url });
  });
  afterAll(async () => {
    await setEnvironment('change-stream', { AWS_ENDPOINT_URL_EVENTBRIDGE: undefined });
    await proxy.close();
    await consumer.remove();
  });

  const registerSome = async (word: string, count: number): Promise<string[]> => {
    const names = Array.from({ length: count }, () => unique(word));
    const answers = await Promise.all(names.map((name) => call<Agent>('POST', '/registry/agents', { name })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    return answers.map(({ body }) => `${body.id}#1`);
  };
  const heard = async (eventIds: readonly string[]): Promise<string[]> =>
    eventIdsOf(
      await consumer.drain(),
      eventIds.map((eventId) => eventId.split('#')[0] as string),
    );
  const hearAll = (eventIds: readonly string[]) =>
    eventually(async () => expect(await heard(eventIds)).toEqual([...eventIds].sort()), 120_000);

  test('wholly, commits go on and every event arrives after it recovers', async () => {
    let refusals = 0;
    proxy.meddle(async (incoming, forward, response) => {
      refusals += 1;
      await refuseWholly(incoming, forward, response);
    });
    const eventIds = await registerSome('unheard', 12);
    await eventually(async () => expect(refusals).toBeGreaterThan(2));
    expect(await heard(eventIds)).toEqual([]);

    proxy.meddle((_incoming, forward, response) => passOn(forward, response));
    await hearAll(eventIds);
  });

  test('in part, what was refused is sent again until it gets through', async () => {
    let calls = 0;
    /** Takes every other entry and refuses the rest, for the first six calls. */
    const refuseHalf: Meddle = async ({ body }, forward, response) => {
      calls += 1;
      if (calls > 6) return passOn(forward, response);
      const { Entries } = JSON.parse(body.toString()) as { Entries: object[] };
      const taken = Entries.filter((_, index) => index % 2 === 1);
      if (taken.length > 0) await forwardEntries(taken);
      const answer = Entries.map((_, index) =>
        index % 2 === 1 ? { EventId: `${index}` } : { ErrorCode: 'ThrottlingException' },
      );
      const FailedEntryCount = Entries.length - taken.length;
      response
        .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ FailedEntryCount, Entries: answer }));
    };
    const forwardEntries = async (Entries: object[]) => {
      const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'AWSEvents.PutEvents' };
      await fetch(localStack().endpoint, { method: 'POST', headers, body: JSON.stringify({ Entries }) });
    };
    proxy.meddle(refuseHalf);
    const eventIds = await registerSome('half-heard', 15);
    await hearAll(eventIds);
    expect(calls).toBeGreaterThan(2);
  });
});
