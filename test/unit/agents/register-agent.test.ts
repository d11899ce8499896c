import { describe, expect, test } from '@jest/globals';
import { describeAgent } from '../../../lambdas/agents/agent.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { ConflictError, TooLargeError, ValidationError } from '../../../lambdas/shared/errors.ts';
import { aContext, aDocument, registered, START, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

const register = (context: TestContext, document: object) => registerAgent(context, { document, actor: 'tester' });
const types = ({ store }: TestContext) => store.changes().map(({ type }) => type);

describe('registering an agent', () => {
  test('makes it, with its name, its layer and its log entry', async () => {
    const context = aContext();
    const agent = await registered(context, { id: 'a', type: 'core' });

    expect(agent).toMatchObject({ id: 'a', name: 'calendar', type: 'core', revision: 1, owner: 'tester' });
    expect(await context.store.load('a').then((record) => record && describeAgent(record))).toEqual(agent);
    expect(context.store.changes()).toMatchObject([{ agentId: 'a', revision: 1, type: 'AgentRegistered' }]);
    expect(context.store.snapshot().names).toEqual([{ name: 'calendar', agentId: 'a' }]);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('gives it an id where it has none', async () => {
    expect((await registered(aContext())).id).toMatch(/^agent_[0-9a-hjkmnp-tv-z]{26}$/);
  });

  test.each([
    [{ name: '' }, ValidationError],
    [{ name: 'a', config: { mcpServers: ['x', 'x'] } }, ValidationError],
    [{ name: 'a', config: { x: 'x'.repeat(256 * 1024) } }, TooLargeError],
  ])('writes nothing when the document cannot be: %.60j', async (document, expected) => {
    const context = aContext();

    expect(await rejectionOf(register(context, document))).toBeInstanceOf(expected);
    expect(context.store.calls).not.toContain('commit');
  });

  test('under an id that was deregistered goes on after its tombstone', async () => {
    const context = aContext();
    await registered(context, { id: 'a' });
    await deregisterAgent(context, { id: 'a', actor: 'tester' });
    const agent = await registered(context, { id: 'a', name: 'another' });

    expect(agent).toMatchObject({ id: 'a', name: 'another', revision: 3 });
    expect(types(context)).toEqual(['AgentRegistered', 'AgentUnregistered', 'AgentRegistered']);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });
});

describe('a name that somebody holds', () => {
  const holding = async () => {
    const context = aContext();
    await registered(context, { id: 'holder' });
    return context;
  };

  test.each([undefined, 'rename'] as const)('gets the time behind it: %s', async (conflictResolution) => {
    const context = await holding();
    const agent = await registered(context, { name: 'CALENDAR', ...(conflictResolution && { conflictResolution }) });

    expect(agent.name).toBe(`CALENDAR-${START}`);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('gets something random as well when the time was taken within the same millisecond', async () => {
    const context = await holding();
    await registered(context);

    expect((await registered(context)).name).toMatch(new RegExp(`^calendar-${START}-[a-z2-7]{8}$`));
  });

  test('is refused when the request asks for that, or the agent does', async () => {
    const context = await holding();
    const expected = new ConflictError([
      { field: 'name', rule: 'unique', message: 'the name "calendar" is held by agent holder' },
    ]);

    expect(await rejectionOf(registered(context, { conflictResolution: 'reject' }))).toEqual(expected);
    expect(await rejectionOf(registered(context, { config: { conflictResolution: 'reject' } }))).toEqual(expected);
    expect(types(context)).toEqual(['AgentRegistered']);
  });

  test('means its holder when the request asks for a merge', async () => {
    const context = await holding();
    const outcome = await register(context, { name: 'Calendar', type: 'core', conflictResolution: 'merge' });

    expect(outcome).toMatchObject({
      created: false,
      agent: { id: 'holder', name: 'Calendar', type: 'core', revision: 2 },
    });
    expect(context.store.changes().at(-1)).toMatchObject({ reason: 'merged', changedFields: ['name', 'type'] });
  });

  test('means its holder, whatever id the merged document has', async () => {
    const outcome = await register(await holding(), aDocument({ id: 'other', conflictResolution: 'merge' }));

    expect(outcome).toMatchObject({ created: false, agent: { id: 'holder', revision: 1 } });
  });

  test('is merged without a trace when there is nothing new', async () => {
    const context = await holding();
    await register(context, aDocument({ conflictResolution: 'merge' }));

    expect(types(context)).toEqual(['AgentRegistered']);
  });

  test('is free as soon as its holder went', async () => {
    const context = await holding();
    await deregisterAgent(context, { id: 'holder', actor: 'tester' });

    expect((await registered(context, { conflictResolution: 'reject' })).name).toBe('calendar');
  });

  test('has one winner among many at once, and the others get names of their own', async () => {
    const context = aContext();
    const agents = await Promise.all(Array.from({ length: 20 }, () => registered(context)));

    expect(new Set(agents.map(({ name }) => name)).size).toBe(20);
    expect(agents.filter(({ name }) => name === 'calendar')).toHaveLength(1);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('has one winner among many at once, and the others are refused', async () => {
    const context = aContext();
    const races = Array.from({ length: 20 }, () => registered(context, { conflictResolution: 'reject' }));
    const outcomes = await Promise.allSettled(races);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.filter((outcome) => 'reason' in outcome && outcome.reason instanceof ConflictError)).toHaveLength(
      19,
    );
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('has one winner among many at once, and the others change it', async () => {
    const context = aContext();
    const document = (priority: number) => ({ conflictResolution: 'merge', config: { priority } }) as const;
    await Promise.all([1, 2, 3, 4].map((priority) => registered(context, document(priority))));

    expect(context.store.snapshot().heads).toMatchObject([{ revision: 4 }]);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });
});

describe('an id that exists', () => {
  test.each(['rename', 'reject'] as const)(
    'is refused, also when names would be settled by %s',
    async (conflictResolution) => {
      const context = aContext();
      await registered(context, { id: 'a' });
      const error = await rejectionOf(registered(context, { id: 'a', name: 'another', conflictResolution }));

      expect(error).toEqual(
        new ConflictError([{ field: 'id', rule: 'unique', message: 'the agent a exists already' }]),
      );
      expect(types(context)).toEqual(['AgentRegistered']);
    },
  );

  test('is updated where the request asks for a merge', async () => {
    const context = aContext();
    await registered(context, { id: 'a', config: { color: 'red' } });
    const outcome = await register(
      context,
      aDocument({ id: 'a', config: { priority: 9 }, conflictResolution: 'merge' }),
    );

    expect(outcome).toMatchObject({ created: false, agent: { revision: 2, config: { color: 'red', priority: 9 } } });
  });

  test('has one maker among many at once', async () => {
    const context = aContext();
    const names = ['one', 'two', 'three'];
    const outcomes = await Promise.allSettled(names.map((name) => registered(context, { id: 'a', name })));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });
});
