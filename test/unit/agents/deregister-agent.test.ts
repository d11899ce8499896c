import { describe, expect, test } from '@jest/globals';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { getAgent } from '../../../lambdas/agents/get-agent.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { NotFoundError, PreconditionFailedError } from '../../../lambdas/shared/errors.ts';
import { aContext, registered } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

async function withAgent() {
  const context = aContext();
  await registered(context, { id: 'a' });
  return context;
}
const COMMAND = { id: 'a', actor: 'operator' };

describe('deregistering an agent', () => {
  test('leaves a tombstone at the next revision, and nothing else', async () => {
    const context = await withAgent();

    expect(await deregisterAgent(context, COMMAND)).toBe(2);
    expect(context.store.snapshot()).toMatchObject({ heads: [{ revision: 2, deleted: true }], layers: [], names: [] });
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('tells who did it and why', async () => {
    const context = await withAgent();
    await deregisterAgent(context, { ...COMMAND, reason: 'retired' });

    expect(context.store.changes().at(-1)).toMatchObject({
      type: 'AgentUnregistered',
      revision: 2,
      actor: 'operator',
      reason: 'retired',
    });
  });

  test('makes it unknown to readers and writers', async () => {
    const context = await withAgent();
    await deregisterAgent(context, COMMAND);

    expect(await rejectionOf(getAgent(context.store, 'a'))).toBeInstanceOf(NotFoundError);
    expect(await rejectionOf(deregisterAgent(context, COMMAND))).toBeInstanceOf(NotFoundError);
    expect(await rejectionOf(updateAgent(context, { ...COMMAND, patch: {} }))).toBeInstanceOf(NotFoundError);
  });

  test('needs the revision that is asked for', async () => {
    const context = await withAgent();

    expect(await rejectionOf(deregisterAgent(context, { ...COMMAND, condition: [7] }))).toBeInstanceOf(
      PreconditionFailedError,
    );
    expect(await deregisterAgent(context, { ...COMMAND, condition: [1] })).toBe(2);
  });

  test('does not take away an agent that has come back under the same id', async () => {
    const context = await withAgent();
    await deregisterAgent(context, COMMAND);
    await registered(context, { id: 'a' });

    expect(await rejectionOf(deregisterAgent(context, { ...COMMAND, condition: [1] }))).toBeInstanceOf(
      PreconditionFailedError,
    );
  });

  test('is done once when its answer is lost', async () => {
    const context = await withAgent();
    const faults = ['lost' as const];
    context.store.hook = (call) => (call === 'commit' ? faults.shift() : undefined);

    expect(await deregisterAgent(context, COMMAND)).toBe(2);
    expect(context.store.changes().map(({ revision }) => revision)).toEqual([1, 2]);
  });

  test('is done once when two ask for it at once', async () => {
    const context = await withAgent();
    const outcomes = await Promise.allSettled([deregisterAgent(context, COMMAND), deregisterAgent(context, COMMAND)]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });
});
