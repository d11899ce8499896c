import { describe, expect, test } from '@jest/globals';
import { registrationAnswer } from '../../../lambdas/agents/agent-answers.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { idempotentRequest } from '../../../lambdas/agents/idempotency.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { IdempotencyKeyReusedError, UnavailableError } from '../../../lambdas/shared/errors.ts';
import { aContext, aDocument, registered, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import type { StoreFault } from '../../support/memory-agent-store.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

/** Sends a registration under a key, and gives what its caller would see. */
async function sendWithKey(context: TestContext, document: object = aDocument(), key = 'key-1') {
  const idempotent = idempotentRequest(key, 'tester', document, registrationAnswer);
  const outcome = await registerAgent(context, { document, actor: 'tester', ...(idempotent && { idempotent }) });
  if (!('replayed' in outcome)) return registrationAnswer(outcome.agent, outcome.created);
  const { status, headers, body } = outcome.replayed;
  return { status, headers, body };
}

const types = ({ store }: TestContext) => store.changes().map(({ type }) => type);
const failing = (context: TestContext, ...faults: (StoreFault | undefined)[]) => {
  context.store.hook = (call) => (call === 'commit' ? faults.shift() : undefined);
};

describe('a registration that comes twice under one Idempotency-Key', () => {
  test('is answered twice the same, and makes one agent', async () => {
    const context = aContext();
    const first = await sendWithKey(context);
    context.clock.advance(60_000);
    const second = await sendWithKey(context);

    expect(first.status).toBe(201);
    expect(second).toEqual(first);
    expect(types(context)).toEqual(['AgentRegistered']);
  });

  test('is answered as it was, also when the agent has changed or gone since', async () => {
    const context = aContext();
    const first = await sendWithKey(context, aDocument({ id: 'a' }));
    await updateAgent(context, { id: 'a', patch: { type: 'core' }, actor: 'tester' });
    await deregisterAgent(context, { id: 'a', actor: 'tester' });

    expect(await sendWithKey(context, aDocument({ id: 'a' }))).toEqual(first);
  });

  test('is answered twice the same when it merged, with news and without', async () => {
    const context = aContext();
    await registered(context);
    const merging = aDocument({ conflictResolution: 'merge', type: 'core' });
    const withNews = await sendWithKey(context, merging, 'one');
    const without = await sendWithKey(context, merging, 'two');
    await updateAgent(context, { id: JSON.parse(without.body).id, patch: { type: 'utility' }, actor: 'tester' });

    expect([withNews.status, without.status]).toEqual([200, 200]);
    expect(await sendWithKey(context, merging, 'one')).toEqual(withNews);
    expect(await sendWithKey(context, merging, 'two')).toEqual(without);
  });

  test('is refused with another body', async () => {
    const context = aContext();
    await sendWithKey(context);

    expect(await rejectionOf(sendWithKey(context, aDocument({ type: 'core' })))).toBeInstanceOf(
      IdempotencyKeyReusedError,
    );
    expect(types(context)).toEqual(['AgentRegistered']);
  });

  test('makes one agent when both come at once, and both callers see it', async () => {
    const context = aContext();
    const answers = await Promise.all([sendWithKey(context), sendWithKey(context), sendWithKey(context)]);

    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(types(context)).toEqual(['AgentRegistered']);
  });

  test.each([{ id: 'a' }, { conflictResolution: 'reject' }, { id: 'a', conflictResolution: 'merge' }] as const)(
    'is answered twice the same when the first is committed while the second looks: %j',
    async (parts) => {
      const context = aContext();
      const document = aDocument(parts);
      let first: ReturnType<typeof sendWithKey> | undefined;
      context.store.hook = async (call) => {
        if (call !== 'nameHolder') return undefined;
        context.store.hook = () => undefined;
        first = sendWithKey(context, document);
        await first;
        return undefined;
      };

      const second = await sendWithKey(context, document);
      expect(second).toEqual(await first);
      expect(context.store.changes()).toHaveLength(1);
    },
  );

  test('keeps no answer of a registration that was refused', async () => {
    const context = aContext();
    const holder = await registered(context);
    const rejecting = aDocument({ conflictResolution: 'reject' });
    await rejectionOf(sendWithKey(context, rejecting));
    await deregisterAgent(context, { id: holder.id, actor: 'tester' });

    expect((await sendWithKey(context, rejecting)).status).toBe(201);
  });
});

describe('a registration whose answer is lost', () => {
  test.each([{ id: 'a' }, {}])('is not sent twice: %j', async (identity) => {
    const context = aContext();
    failing(context, 'lost');
    const agent = await registered(context, { ...identity, conflictResolution: 'reject' });

    expect(agent.revision).toBe(1);
    expect(types(context)).toEqual(['AgentRegistered']);
  });

  test('and lost for good is one agent when it is sent again under its key', async () => {
    const context = aContext();
    let connected = true;
    context.store.hook = (call) => {
      if (call === 'commit') connected = false;
      return connected ? undefined : 'lost';
    };
    expect(await rejectionOf(sendWithKey(context))).toBeInstanceOf(UnavailableError);
    expect(types(context)).toEqual(['AgentRegistered']);
    context.store.hook = () => undefined;
    const answer = await sendWithKey(context);

    expect(answer).toMatchObject({ status: 201, body: expect.stringContaining('"name":"calendar"') });
    expect(types(context)).toEqual(['AgentRegistered']);
  });
});

describe('a registration that others are in the way of', () => {
  test('is tried again', async () => {
    const context = aContext();
    failing(context, 'contention', 'busy', undefined);

    expect((await registered(context)).revision).toBe(1);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('at every try is given up, and nothing is half written', async () => {
    const context = aContext();
    failing(context, ...Array<StoreFault>(10).fill('contention'));

    expect(await rejectionOf(registered(context))).toBeInstanceOf(UnavailableError);
    expect(context.store.snapshot()).toEqual({
      heads: [],
      layers: [],
      names: [],
      beats: [],
      changes: [],
      outcomes: 0,
      others: [],
    });
  });
});
