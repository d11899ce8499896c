import { describe, expect, test } from '@jest/globals';
import type { AgentDocument } from '../../../lambdas/agents/agent-schema.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { getAgent } from '../../../lambdas/agents/get-agent.ts';
import { type UpdateCommand, updateAgent } from '../../../lambdas/agents/update-agent.ts';
import {
  ConflictError,
  NotFoundError,
  PreconditionFailedError,
  ValidationError,
} from '../../../lambdas/shared/errors.ts';
import { aContext, registered, START, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

async function withAgent(document: Partial<AgentDocument> = {}): Promise<TestContext> {
  const context = aContext();
  await registered(context, { id: 'a', ...document });
  context.clock.advance(1_000);
  return context;
}
const update = (context: TestContext, patch: unknown, command: Partial<UpdateCommand> = {}) =>
  updateAgent(context, { id: 'a', patch, actor: 'operator', ...command });
const revisions = ({ store }: TestContext) => store.changes().map(({ revision }) => revision);

describe('updating an agent', () => {
  test('changes what the patch says, and logs which fields that were', async () => {
    const context = await withAgent({ config: { color: 'red', tools: ['Read'] } });
    const { agent, changed } = await update(context, { config: { color: null, priority: 9 } }, { reason: 'tuned' });

    expect(changed).toBe(true);
    expect(agent.config).toEqual({ priority: 9, tools: ['Read'] });
    expect(await getAgent(context.store, 'a')).toEqual(agent);
    expect(context.store.changes().at(-1)).toMatchObject({
      type: 'AgentUpdated',
      revision: 2,
      actor: 'operator',
      reason: 'tuned',
      changedFields: ['config.color', 'config.priority'],
    });
  });

  test('keeps the owner and the time of making', async () => {
    const { agent } = await update(await withAgent(), { type: 'core' });

    expect(agent).toMatchObject({ owner: 'tester', createdAt: '2026-11-21T10:00:00.000Z' });
    expect(agent.lastModified).toBe('2026-11-21T10:00:01.000Z');
  });

  test.each([
    {},
    { type: 'specialist' },
    { config: {} },
    { config: { color: null } },
    { operatorMode: 'enabled' },
    { conflictResolution: 'reject' },
  ])('writes nothing for %j, which says nothing new', async (patch) => {
    const context = await withAgent();
    const { agent, changed } = await update(context, patch);

    expect(changed).toBe(false);
    expect(agent).toMatchObject({ revision: 1, lastModified: '2026-11-21T10:00:00.000Z' });
    expect(context.store.calls.filter((call) => call === 'commit')).toHaveLength(1);
  });

  test.each([
    [{ id: 'b' }],
    [{ revision: 9 }],
    [{ colour: 'red' }],
    [{ name: null }],
    [{ config: { priority: 99 } }],
    [{ config: { mcpServers: ['x', 'x'] } }],
    [{ capacity: { current: 3 } }],
    ['text'],
  ])('is refused where the result cannot be: %j', async (patch) => {
    const context = await withAgent();

    expect(await rejectionOf(update(context, patch))).toBeInstanceOf(ValidationError);
    expect(revisions(context)).toEqual([1]);
  });

  test('needs an agent that lives', async () => {
    const context = await withAgent();

    expect(await rejectionOf(update(context, {}, { id: 'nobody' }))).toEqual(
      new NotFoundError('There is no agent nobody.'),
    );
  });
});

describe('a condition on the revision', () => {
  test.each([[[1]], [[1, 7]], ['any']] as const)('lets an update through: %j', async (condition) => {
    expect(await update(await withAgent(), { type: 'core' }, { condition })).toMatchObject({ changed: true });
  });

  test('stops an update of an agent that has changed', async () => {
    const context = await withAgent();
    await update(context, { type: 'core' });
    const late = update(context, { type: 'utility' }, { condition: [1] });

    expect(await rejectionOf(late)).toBeInstanceOf(PreconditionFailedError);
    expect(revisions(context)).toEqual([1, 2]);
  });

  test('stops an update that would say nothing new, too', async () => {
    expect(await rejectionOf(update(await withAgent(), {}, { condition: [2] }))).toBeInstanceOf(
      PreconditionFailedError,
    );
  });

  test('lets one of two through that race', async () => {
    const context = await withAgent();
    const races = ['core', 'utility'].map((type) => update(context, { type }, { condition: [1] }));
    const outcomes = await Promise.allSettled(races);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(revisions(context)).toEqual([1, 2]);
  });

  test('holds for an update whose answer is lost', async () => {
    const context = await withAgent();
    const faults = ['lost' as const];
    context.store.hook = (call) => (call === 'commit' ? faults.shift() : undefined);

    expect(await update(context, { type: 'core' }, { condition: [1] })).toMatchObject({ changed: true });
    expect(revisions(context)).toEqual([1, 2]);
  });
});

describe('updates that race', () => {
  test('all take effect, one after the other', async () => {
    const context = await withAgent();
    const patches = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ config: { [key]: 1 } }));
    await Promise.all(patches.map((patch) => update(context, patch)));

    expect((await getAgent(context.store, 'a')).config).toEqual({ priority: 5, a: 1, b: 1, c: 1, d: 1, e: 1 });
    expect(revisions(context)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });
});

describe('a new name', () => {
  test('is claimed, and the old one is free', async () => {
    const context = await withAgent();
    await update(context, { name: 'diary' });

    expect(context.store.snapshot().names).toEqual([{ name: 'diary', agentId: 'a' }]);
    expect((await registered(context, { conflictResolution: 'reject' })).name).toBe('calendar');
  });

  test('that is the old one in other letters needs no claim', async () => {
    const { agent } = await update(await withAgent(), { name: 'CALENDAR' });

    expect(agent).toMatchObject({ name: 'CALENDAR', revision: 2 });
  });

  test('that somebody holds gets the time behind it', async () => {
    const context = await withAgent();
    await registered(context, { id: 'b', name: 'diary' });

    expect((await update(context, { name: 'diary' })).agent.name).toBe(`diary-${START + 1_000}`);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test.each([
    { name: 'diary', conflictResolution: 'reject' },
    { name: 'diary', conflictResolution: 'merge' },
    { name: 'diary', config: { conflictResolution: 'reject' } },
  ])('that somebody holds is refused where the agent or the request says so: %j', async (patch) => {
    const context = await withAgent();
    await registered(context, { id: 'b', name: 'diary' });

    expect(await rejectionOf(update(context, patch))).toBeInstanceOf(ConflictError);
    expect(revisions(context)).toEqual([1, 1]);
  });

  test('stays what it was given when the agent asks again for what it has always asked for', async () => {
    const context = await withAgent();
    const renamed = await registered(context, { id: 'b' });
    const { agent, changed } = await update(context, { name: 'calendar' }, { id: 'b' });

    expect(changed).toBe(false);
    expect(agent.name).toBe(renamed.name);
  });

  test('that was taken once is given when it is asked for and free by now, and not before', async () => {
    const context = await withAgent();
    const given = (await registered(context, { id: 'b' })).name;
    await deregisterAgent(context, { id: 'a', actor: 'tester' });

    expect((await update(context, { version: '2.0.0' }, { id: 'b' })).agent.name).toBe(given);
    expect((await update(context, { name: 'calendar' }, { id: 'b' })).agent.name).toBe('calendar');
    expect(context.store.snapshot().names).toEqual([{ name: 'calendar', agentId: 'b' }]);
  });
});
