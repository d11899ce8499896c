import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getLayers } from '../../../lambdas/agents/agent-layers.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import type { Json } from '../../../lambdas/agents/merge.ts';
import { type PutLayerCommand, putLayer } from '../../../lambdas/agents/put-layer.ts';
import { type RemoveLayerCommand, removeLayer } from '../../../lambdas/agents/remove-layer.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { PreconditionFailedError, UnavailableError } from '../../../lambdas/shared/errors.ts';
import { aContext, registered, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import type { StoreFault } from '../../support/memory-agent-store.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

const document = (version = '1', more: Json = {}): Json => ({ name: 'calendar', version, ...more });

const put = (context: TestContext, more: Partial<PutLayerCommand> = {}) =>
  putLayer(context, {
    id: 'a',
    source: 's3',
    origin: 'o',
    document: document(),
    actor: 'tester',
    reason: 'declared',
    ...more,
  });

const remove = (context: TestContext, more: Partial<RemoveLayerCommand> = {}) =>
  removeLayer(context, { id: 'a', source: 's3', origin: 'o', actor: 'tester', reason: 'gone', ...more });

const dismiss = (context: TestContext) => deregisterAgent(context, { id: 'a', actor: 'operator' });

/** The tag of a layer as it is now. */
async function tagOf({ store }: TestContext, source = 's3'): Promise<string> {
  const { layers } = await getLayers(store, 'a');
  return layers.find((layer) => layer.source === source)?.etag ?? 'none';
}

interface Case {
  readonly does: string;
  before?(context: TestContext): Promise<unknown>;
  write(context: TestContext): Promise<{ readonly outcome: string } | string>;
  readonly outcome: string;
  /** Changes that it makes. */
  readonly changes: number;
}

const CASES: readonly Case[] = [
  { does: 'registers', write: put, outcome: 'created', changes: 1 },
  {
    does: 'registers under another name',
    before: (context) => registered(context),
    write: put,
    outcome: 'created',
    changes: 1,
  },
  {
    does: 'changes',
    before: put,
    write: (context) => put(context, { document: document('2') }),
    outcome: 'updated',
    changes: 1,
  },
  { does: 'says nothing new', before: put, write: put, outcome: 'unchanged', changes: 0 },
  {
    does: 'says what was dismissed',
    before: async (context) => {
      await put(context);
      await dismiss(context);
    },
    write: put,
    outcome: 'dismissed',
    changes: 0,
  },
  {
    does: 'uncovers',
    before: async (context) => {
      await put(context);
      await put(context, { source: 'filesystem', document: document('2', { name: 'mail' }) });
    },
    write: (context) => remove(context, { source: 'filesystem' }),
    outcome: 'uncovered',
    changes: 1,
  },
  { does: 'deregisters', before: put, write: remove, outcome: 'deregistered', changes: 1 },
  {
    does: 'forgets',
    before: async (context) => {
      await put(context);
      await dismiss(context);
    },
    write: remove,
    outcome: 'forgotten',
    changes: 1,
  },
  { does: 'removes what is not there', write: remove, outcome: 'absent', changes: 0 },
];

/** Runs a case, with a fault at one of its calls of the table; tells how many calls it made. */
async function run({ before, write }: Case, faultAt: number, fault: StoreFault) {
  const context = aContext();
  await before?.(context);
  const [changes, calls] = [context.store.changes().length, context.store.calls.length];
  context.store.hook = () => (context.store.calls.length - calls - 1 === faultAt ? fault : undefined);
  const written = await write(context);
  return {
    outcome: typeof written === 'string' ? written : written.outcome,
    made: context.store.changes().length - changes,
    calls: context.store.calls.length - calls,
    flaws: flawsOf(context.store.snapshot()),
  };
}

describe.each(CASES)('a layer that $does', (one) => {
  test.each<StoreFault>(['busy', 'lost', 'contention'])('does so once, whichever call is %s', async (fault) => {
    const { calls } = await run(one, -1, fault);
    expect(calls).toBeGreaterThan(0);
    for (let at = 0; at < calls; at += 1) {
      const { outcome, made, flaws } = await run(one, at, fault);
      expect({ at, outcome, made, flaws }).toEqual({ at, outcome: one.outcome, made: one.changes, flaws: [] });
    }
  });

  test('changes nothing and says so while the table is out of reach', async () => {
    const context = aContext();
    await one.before?.(context);
    const changes = context.store.changes();
    context.store.hook = () => 'busy';

    expect(await rejectionOf(one.write(context))).toBeInstanceOf(UnavailableError);
    expect(context.store.changes()).toEqual(changes);
  });
});

describe('the condition of a layer', () => {
  test('holds over a change of another layer that comes between', async () => {
    const context = aContext();
    await put(context);
    const tag = await tagOf(context);
    context.store.hook = async (call) => {
      if (call !== 'commit') return;
      context.store.hook = () => undefined;
      await updateAgent(context, { id: 'a', patch: { config: { priority: 9 } }, actor: 'operator' });
    };
    await put(context, { document: document('2'), condition: { tag } });

    expect(await getLayers(context.store, 'a')).toMatchObject({
      revision: 3,
      provenance: { version: 's3', 'config.priority': 'dynamodb' },
    });
  });

  test.each<[string, (context: TestContext) => Promise<unknown>]>([
    ['said something else', (context) => put(context, { document: document('2') })],
    ['gone', (context) => remove(context)],
    ['of another origin', (context) => put(context, { origin: 'other', movedFrom: 'o' })],
  ])('does not hold over a layer that is %s when the commit comes', async (_, meanwhile) => {
    const context = aContext();
    await put(context);
    await put(context, { source: 'filesystem' });
    const tag = await tagOf(context);
    context.store.hook = async (call) => {
      if (call !== 'commit') return;
      context.store.hook = () => undefined;
      await meanwhile(context);
    };
    const write = put(context, { document: document('3'), condition: { tag } });

    expect(await rejectionOf(write)).toBeInstanceOf(PreconditionFailedError);
    expect(context.store.changes()).toHaveLength(3);
  });

  test('tells a layer from one that went away and came back as it was', async () => {
    const context = aContext();
    await put(context);
    const tag = await tagOf(context);
    await remove(context);
    context.clock.advance(1);
    await put(context);

    expect(await tagOf(context)).not.toBe(tag);
    expect(await rejectionOf(put(context, { document: document('2'), condition: { tag } }))).toBeInstanceOf(
      PreconditionFailedError,
    );
    expect(await rejectionOf(remove(context, { condition: { tag } }))).toBeInstanceOf(PreconditionFailedError);
  });

  test('that there is none holds once', async () => {
    const context = aContext();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => put(context, { document: document(`${n}`), condition: { tag: null } })),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(PreconditionFailedError);
    }
    expect(context.store.changes()).toHaveLength(1);
  });

  test('of a removal is asked of tombstones, too: absent is what they are', async () => {
    const context = aContext();
    await put(context);
    const tag = await tagOf(context);
    await dismiss(context);

    expect(await rejectionOf(remove(context, { condition: { tag } }))).toBeInstanceOf(PreconditionFailedError);
    expect(await remove(context, { condition: { tag: null } })).toBe('forgotten');
  });
});

describe('ten at once', () => {
  test('that say the same of one agent register it once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const context = aContext();
        context.store.hook = async (call) => {
          await scheduler.schedule(Promise.resolve(), call);
          return undefined;
        };
        const puts = Promise.all(Array.from({ length: 10 }, () => put(context)));
        const outcomes = (await scheduler.waitFor(puts)).map(({ outcome }) => outcome);

        expect(outcomes.toSorted()).toEqual(['created', ...Array.from({ length: 9 }, () => 'unchanged')]);
        expect(context.store.changes()).toHaveLength(1);
      }),
      { numRuns: 20 },
    );
  });

  test('over one version of a layer have one winner, whatever calls and other sources write beside them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const context = aContext({ retries: { retries: 40, minTimeout: 0, maxTimeout: 0 } });
        await put(context);
        const condition = { tag: await tagOf(context) };
        context.clock.advance(1);
        context.store.hook = async (call) => {
          await scheduler.schedule(Promise.resolve(), call);
          return undefined;
        };
        const conditional = Array.from({ length: 5 }, (_, n) =>
          n === 4 ? remove(context, { condition }) : put(context, { document: document(`v${n}`), condition }),
        );
        const beside = [
          put(context, { source: 'filesystem', document: document('f') }),
          put(context, { source: 'api', document: document('r') }),
          updateAgent(context, { id: 'a', patch: { config: { priority: 2 } }, actor: 'operator' }).catch(() => 'gone'),
        ];
        const [outcomes] = await scheduler.waitFor(Promise.all([Promise.allSettled(conditional), Promise.all(beside)]));

        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(flawsOf(context.store.snapshot())).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('that want one name share it among themselves, each with a name of its own', async () => {
    const context = aContext();
    await Promise.all(Array.from({ length: 10 }, (_, n) => put(context, { id: `agent-${n}` })));

    expect(context.store.snapshot().names).toHaveLength(10);
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });
});

describe('what a layer leaves when it goes', () => {
  test('takes a suffix where its name is taken by now, whatever it says of that: nobody asks for it', async () => {
    const context = aContext();
    await put(context, { document: document('1', { config: { conflictResolution: 'reject' } }) });
    await put(context, { source: 'filesystem', document: { name: 'mail' } });
    await registered(context, { id: 'b', name: 'calendar' });

    expect(await remove(context, { source: 'filesystem' })).toBe('uncovered');
    expect((await context.store.load('a'))?.head.name).toMatch(/^calendar-\d+$/);
  });

  test('goes with it where it says more than can be searched', async () => {
    const context = aContext();
    const core = Array.from({ length: 30 }, (_, n) => `${n}${'x'.repeat(120)}`);
    await put(context, { source: 'filesystem', document: document('2', { capabilities: { core: ['x'] } }) });
    await put(context, { document: document('1', { capabilities: { core } }) });

    expect(await remove(context, { source: 'filesystem' })).toBe('deregistered');
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });
});
