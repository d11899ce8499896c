import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getLayers } from '../../../lambdas/agents/agent-layers.ts';
import { isLiving } from '../../../lambdas/agents/agent-record.ts';
import type { Json } from '../../../lambdas/agents/merge.ts';
import { putLayer } from '../../../lambdas/agents/put-layer.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { type DeclaredLayer, ManifestRefusedError } from '../../../lambdas/discovery/declared-layers.ts';
import { RegistryLayers } from '../../../lambdas/discovery/registry-layers.ts';
import { ConflictError, PreconditionFailedError, UnavailableError } from '../../../lambdas/shared/errors.ts';
import { aContext, registered, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { served, servingIds } from '../../support/hot-reload.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

const layersOf = (context: TestContext) =>
  new RegistryLayers({
    context,
    source: 's3',
    actor: 'hot-reload',
    validation: {
      store: context.store,
      policy: context.policy,
      findService: async () => undefined,
      handshake: async () => ({ alive: true }),
      unresolved: 'warn',
    },
  });

/** What a manifest says of an agent that depends on others. */
const declared = (id: string, version: string, dependsOn: readonly string[] = [], more: Json = {}): DeclaredLayer => ({
  id,
  origin: `s3://${id}`,
  document: { name: id, version, dependencies: { agents: dependsOn }, ...more },
});

/** The step that refuses a manifest, and the rules that it breaks. */
async function refusalOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await rejectionOf(work);
  expect(error).toBeInstanceOf(ManifestRefusedError);
  const { step, errors } = error as ManifestRefusedError;
  return [step, ...errors.map(({ rule }) => rule)];
}

describe('a layer that a manifest declares', () => {
  test('is told with its version, which changes with it', async () => {
    const layers = layersOf(aContext());
    expect(await layers.current('a')).toBeUndefined();
    await layers.put(declared('a', '1'), null);
    const first = await layers.current('a');
    expect(first).toEqual({ origin: 's3://a', tag: expect.stringMatching(/^"l-[0-9a-f]{16}"$/) });
    expect(await layers.put(declared('a', '1'), first?.tag ?? null)).toMatchObject({ outcome: 'unchanged' });
    expect(await layers.current('a')).toEqual(first);
    await layers.put(declared('a', '2'), first?.tag ?? null);

    expect((await layers.current('a'))?.tag).not.toBe(first?.tag);
  });

  test('is judged together with what other sources say of the agent', async () => {
    const context = aContext();
    await registered(context, { id: 'a', name: 'a', dependencies: { agents: ['missing'] } });

    const { outcome, warnings } = await layersOf(context).put(
      { id: 'a', origin: 'o', document: { config: { color: 'red' } } },
      null,
    );
    expect([outcome, warnings]).toMatchObject(['updated', [{ rule: 'missingAgent' }]]);
  });

  test.each<[string, Json, readonly string[]]>([
    ['breaks the schema', { name: '' }, ['syntax_validation', 'minLength']],
    ['is too large', { config: { text: 'x'.repeat(300_000) } }, ['syntax_validation', 'tooLarge']],
    ['wants too much memory', { config: { resourceLimit: '90tb' } }, ['resource_availability_check', 'maximum']],
    [
      'wants a name that is taken, and no other',
      { conflictResolution: 'reject', name: 'b' },
      ['conflict_detection', 'unique'],
    ],
    [
      'would be checked within our network',
      { monitoring: { healthCheck: { type: 'http', url: 'http://127.0.0.1/' } } },
      ['syntax_validation', 'forbiddenAddress'],
    ],
  ])('is refused where it %s, and leaves what served before', async (_, more, refusal) => {
    const context = aContext();
    const layers = layersOf(context);
    await registered(context, { id: 'b', name: 'b' });
    await layers.put(declared('a', '1'), null);
    const tag = (await layers.current('a'))?.tag ?? null;

    expect(await refusalOf(layers.put(declared('a', '2', [], more), tag))).toEqual(refusal);
    expect(await served(context, 'a')).toMatchObject({ version: '1', revision: 1 });
  });

  test('is neither laid nor taken away over another one than was read', async () => {
    const layers = layersOf(aContext());
    await layers.put(declared('a', '1'), null);

    for (const tag of [null, '"l-0000000000000000"']) {
      expect(await rejectionOf(layers.put(declared('a', '2'), tag))).toBeInstanceOf(PreconditionFailedError);
      expect(await rejectionOf(layers.remove(declared('a', '2'), tag))).toBeInstanceOf(PreconditionFailedError);
    }
  });

  test('of another origin is not taken away', async () => {
    const layers = layersOf(aContext());
    await layers.put(declared('a', '1'), null);

    expect(await rejectionOf(layers.takeAway({ id: 'a', origin: 'other' }))).toBeInstanceOf(ConflictError);
    expect(await refusalOf(layers.lay({ ...declared('a', '2'), origin: 'other' }))).toEqual([
      'conflict_detection',
      'unique',
    ]);
  });

  test('is not refused because the table is out of reach', async () => {
    const context = aContext();
    context.store.hook = () => 'busy';

    expect(await rejectionOf(layersOf(context).put(declared('a', '1'), null))).toBeInstanceOf(UnavailableError);
  });
});

/** Whether the agents that serve depend on each other in a circle. */
async function hasCircle(context: TestContext): Promise<boolean> {
  const ids = await servingIds(context);
  const edges = new Map(
    await Promise.all(ids.map(async (id) => [id, (await served(context, id)).dependencies.agents] as const)),
  );
  const comesTo = (id: string, way: readonly string[] = []): boolean =>
    way.includes(id) || (edges.get(id) ?? []).some((next) => comesTo(next, [...way, id]));
  return ids.some((id) => comesTo(id));
}

/** Lays a ring of agents at the same time, each step in an order of the scheduler's choice. */
async function layRing(context: TestContext, ids: readonly string[], scheduler: fc.Scheduler) {
  const layers = layersOf(context);
  const tags = await Promise.all(ids.map(async (id) => (await layers.current(id))?.tag ?? null));
  context.clock.advance(1);
  context.store.hook = async (call) => {
    await scheduler.schedule(Promise.resolve(), call);
    return undefined;
  };
  const next = (n: number) => ids[(n + 1) % ids.length] ?? '';
  const puts = ids.map((id, n) => layers.put(declared(id, '2', [next(n)]), tags[n] ?? null));
  const outcomes = await scheduler.waitFor(Promise.allSettled(puts));
  context.store.hook = () => undefined;
  return outcomes;
}

const versionOf = async (context: TestContext, id: string): Promise<string> =>
  isLiving(await context.store.load(id)) ? (await served(context, id)).version : 'none';

describe('manifests that close a circle', () => {
  test('one after the other: the second is refused, unwritten', async () => {
    const context = aContext();
    const layers = layersOf(context);
    await layers.put(declared('a', '1', ['b']), null);

    expect(await refusalOf(layers.put(declared('b', '1', ['a']), null))).toEqual(['conflict_detection', 'circle']);
    expect(await servingIds(context)).toEqual(['a']);
    expect(context.store.changes()).toHaveLength(1);
  });

  test.each([
    { what: 'new agents', earlier: 'none' },
    { what: 'agents that served without', earlier: '1' },
  ])(
    'at the same time, of $what: at most one less than closes it serves, the others as before',
    async ({ earlier }) => {
      let [refused, rolledBack] = [0, 0];
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), fc.constantFrom(['a', 'b'], ['a', 'b', 'c']), async (scheduler, ids) => {
          const context = aContext();
          if (earlier !== 'none') for (const id of ids) await layersOf(context).put(declared(id, earlier), null);
          const outcomes = await layRing(context, ids, scheduler);
          const versions = await Promise.all(ids.map((id) => versionOf(context, id)));

          expect(versions).toEqual(outcomes.map(({ status }) => (status === 'fulfilled' ? '2' : earlier)));
          expect(await hasCircle(context)).toBe(false);
          expect(flawsOf(context.store.snapshot())).toEqual([]);
          const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
          for (const reason of reasons) expect(reason).toBeInstanceOf(ManifestRefusedError);
          refused += reasons.length;
          rolledBack += context.store.changes().filter(({ reason }) => reason.startsWith('rolled back')).length;
        }),
        { numRuns: 60 },
      );
      expect(refused).toBeGreaterThan(50);
      // Some were found only when both were there.
      expect(rolledBack).toBeGreaterThan(10);
    },
  );

  /**
   * Lays a circle: while the agent is written, another one that depends on it is.
   *
   * @param before the call of the table before which something else happens, once the circle is there
   */
  async function closingCircle(
    context: TestContext,
    before: 'load' | 'commit' = 'commit',
    meanwhile: () => Promise<unknown> = async () => undefined,
  ): Promise<readonly string[]> {
    const layers = layersOf(context);
    const tag = (await layers.current('a'))?.tag ?? null;
    context.clock.advance(1);
    context.store.hook = async (call) => {
      if (call !== 'commit') return undefined;
      context.store.hook = () => undefined;
      await putLayer(context, { ...declared('b', '1', ['a']), source: 's3', actor: 'x', reason: 'x' });
      context.store.hook = async (next) => {
        if (next !== before) return undefined;
        context.store.hook = () => undefined;
        await meanwhile();
        return undefined;
      };
      return undefined;
    };
    return refusalOf(layers.put(declared('a', '2', ['b']), tag));
  }

  test('go back to where the layer came from, with the layers of others left alone', async () => {
    const context = aContext();
    await layersOf(context).put(declared('a', '1'), null);
    await updateAgent(context, { id: 'a', patch: { config: { priority: 9 } }, actor: 'operator' });

    expect(await closingCircle(context)).toEqual(['conflict_detection', 'circle']);
    expect(await served(context, 'a')).toMatchObject({ version: '1', config: { priority: 9 } });
    expect((await getLayers(context.store, 'a')).layers).toMatchObject([
      { source: 's3', origin: 's3://a', document: { version: '1' } },
      { source: 'dynamodb' },
    ]);
  });

  test.each(['load', 'commit'] as const)(
    'leave alone what somebody else has written before the %s of what served before',
    async (call) => {
      const context = aContext();
      await layersOf(context).put(declared('a', '1'), null);
      const newer = { ...declared('a', '3'), source: 's3', actor: 'x', reason: 'x' } as const;
      await closingCircle(context, call, () => putLayer(context, newer));

      expect(await served(context, 'a')).toMatchObject({ version: '3' });
    },
  );
});
