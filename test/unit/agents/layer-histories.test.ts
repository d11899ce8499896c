import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { effectiveDocument } from '../../../lambdas/agents/agent.ts';
import { getLayers } from '../../../lambdas/agents/agent-layers.ts';
import { normaliseName } from '../../../lambdas/agents/agent-name.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import type { Json } from '../../../lambdas/agents/merge.ts';
import { type DeclaringSource, putLayer } from '../../../lambdas/agents/put-layer.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { removeLayer } from '../../../lambdas/agents/remove-layer.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { RegistryError } from '../../../lambdas/shared/errors.ts';
import { aContext, type TestContext } from '../../support/agents.ts';
import { LayerModel } from '../../support/layer-model.ts';
import { shortest, toPlain } from '../../support/plain-document.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

const IDS = ['a', 'b', 'c'] as const;
const actor = 'tester';

const id = fc.constantFrom(...IDS);
const source = fc.constantFrom<DeclaringSource[]>('s3', 'filesystem', 'api');
const origin = fc.constantFrom('one', 'other');
const name = fc.constantFrom('calendar', 'Calendar', 'mail');
const conflictResolution = fc.constantFrom('rename', 'rename', 'reject');

/** Few keys and many kinds of values, so that layers meet on every one. */
const value = fc.constantFrom<unknown>(1, 'text', ['x'], ['y', 'z'], {}, { deep: 1 }, { deep: { er: ['x'] } });
const settings = (values: fc.Arbitrary<unknown>) =>
  fc.record({ key: values, other: values, priority: fc.constantFrom(1, 2), conflictResolution }, { requiredKeys: [] });
const capabilities = fc.record(
  { core: fc.constantFrom(['a'], ['b', 'c']), domains: fc.constant(['d']) },
  { requiredKeys: [] },
);
const documents = (requiredKeys: 'name'[]) =>
  fc.record(
    { name, version: fc.constantFrom('2', '3'), config: settings(value), capabilities, conflictResolution },
    { requiredKeys },
  ) as fc.Arbitrary<Json>;
const withNull = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: fc.constant(null) });
const patches = fc.record(
  {
    name: withNull(name),
    version: withNull(fc.constantFrom('2', '3')),
    config: withNull(settings(withNull(fc.oneof(value, fc.constant({ deep: null }))))),
    capabilities: withNull(fc.record({ core: withNull(fc.constantFrom(['a'], ['b'])) }, { requiredKeys: [] })),
    conflictResolution,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

/** A write, in the registry and in the model; each says what came of it. */
interface Write {
  readonly id: string;
  readonly text: string;
  run(context: TestContext): Promise<string>;
  expected(model: LayerModel): string;
}

/** What sources say in one history: few documents, so that they are said again. */
const said = fc.array(fc.oneof(documents(['name']), documents(['name']), documents([])), {
  minLength: 3,
  maxLength: 3,
});

const put = (pool: readonly Json[]) =>
  fc
    .record({ id, source, origin, document: fc.constantFrom(...pool), moved: fc.option(origin) })
    .map(({ moved, ...what }): Write => {
      const movedFrom = moved ?? undefined;
      const command = { ...what, actor, reason: 'declared', ...(movedFrom && { movedFrom }) };
      return {
        id: what.id,
        text: `put ${JSON.stringify({ ...what, movedFrom })}`,
        run: async (context) => (await putLayer(context, command)).outcome,
        expected: (model) => model.put(what.id, what.source, what.origin, what.document, movedFrom),
      };
    });

const removal = fc.record({ id, source, origin }).map(
  (what): Write => ({
    id: what.id,
    text: `remove ${JSON.stringify(what)}`,
    run: (context) => removeLayer(context, { ...what, actor, reason: 'gone' }),
    expected: (model) => model.remove(what.id, what.source, what.origin),
  }),
);

const registration = fc.record({ id, document: documents(['name']) }).map(
  ({ id, document }): Write => ({
    id,
    text: `register ${id} ${JSON.stringify(document)}`,
    run: async (context) => {
      await registerAgent(context, { document: { ...document, id }, actor });
      return 'created';
    },
    expected: (model) => model.register(id, document),
  }),
);

const update = fc.record({ id, patch: patches }).map(
  ({ id, patch }): Write => ({
    id,
    text: `update ${id} ${JSON.stringify(patch)}`,
    run: async (context) => ((await updateAgent(context, { id, patch, actor })).changed ? 'updated' : 'unchanged'),
    expected: (model) => model.update(id, patch),
  }),
);

const deregistration = id.map(
  (id): Write => ({
    id,
    text: `deregister ${id}`,
    run: async (context) => {
      await deregisterAgent(context, { id, actor });
      return 'deregistered';
    },
    expected: (model) => model.deregister(id),
  }),
);

const histories = said.chain((pool) =>
  fc.array(
    fc
      .oneof(
        { weight: 6, arbitrary: put(pool) },
        { weight: 3, arbitrary: removal },
        { weight: 3, arbitrary: update },
        { weight: 1, arbitrary: registration },
        { weight: 1, arbitrary: deregistration },
      )
      .map((write) => ({ ...write, toString: () => write.text })),
    { minLength: 4, maxLength: 20 },
  ),
);

/** What came of a write: its outcome, or the name of what it threw. */
async function outcomeOf(write: Write, context: TestContext): Promise<string> {
  try {
    return await write.run(context);
  } catch (error) {
    if (error instanceof RegistryError) return error.name;
    throw error;
  }
}

const sorted = <Item>(items: readonly Item[]): Item[] => [...items].sort();
const entriesOf = (plain: ReadonlyMap<string, unknown>) => sorted([...plain].map((entry) => JSON.stringify(entry)));

/** Everything that may be seen of an agent. */
async function seenOf({ store }: TestContext, id: string) {
  const record = await store.load(id);
  if (record === undefined || record.head.deleted) return { revision: record?.head.revision ?? 0 };
  const { layers, provenance, revision } = await getLayers(store, id);
  return {
    revision,
    name: normaliseName(record.head.name),
    whole: entriesOf(toPlain(effectiveDocument(record.layers) as Json)),
    layers: layers.map(({ source, origin, document, removed }) => ({
      source,
      origin,
      says: entriesOf(toPlain(document)),
      removed: sorted(removed),
    })),
    provenance,
  };
}

/** The same as the model has it. */
function modelled(model: LayerModel, id: string): Awaited<ReturnType<typeof seenOf>> {
  const { revision } = model.agent(id);
  if (!model.isLiving(id)) return { revision };
  return {
    revision,
    name: model.nameOf(id) ?? 'none',
    whole: entriesOf(model.effective(id)),
    layers: model.layers(id).map(([source, { origin, says, removed }]) => ({
      source,
      origin,
      says: entriesOf(says),
      removed: sorted(shortest(removed)),
    })),
    provenance: model.provenance(id),
  };
}

/** Takes one step in the registry and in the model, and holds them against each other. */
async function step(write: Write, context: TestContext, model: LayerModel): Promise<string> {
  context.clock.advance(1);
  const expected = write.expected(model);
  const outcome = await outcomeOf(write, context);
  const head = (await context.store.load(write.id))?.head;
  if (head?.deleted === false) model.learnName(write.id, head.name);
  const [found, wanted] = [await seenOf(context, write.id), modelled(model, write.id)];
  // Comparing is quick, expecting is not.
  if (outcome !== expected || !isDeepStrictEqual(found, wanted)) {
    expect({ outcome, ...found }).toEqual({ outcome: expected, ...wanted });
  }
  return `${write.text.split(' ')[0]} ${expected}`;
}

/** What must have come about: a property of nothing proves nothing. */
const COMMON: Readonly<Record<string, readonly string[]>> = {
  put: ['created', 'updated', 'unchanged', 'dismissed', 'ConflictError', 'ValidationError'],
  remove: ['uncovered', 'deregistered', 'absent', 'forgotten', 'ConflictError'],
  update: ['updated', 'unchanged', 'NotFoundError', 'ValidationError', 'ConflictError'],
};

describe('whatever sources and calls say of few agents, in whatever order', () => {
  test('the registry is what a plain model of layers makes of it, after each step', async () => {
    const seen: string[] = [];
    await fc.assert(
      fc.asyncProperty(histories, async (writes) => {
        const context = aContext();
        const model = new LayerModel();
        for (const write of writes) seen.push(await step(write, context, model));
        for (const one of IDS) expect(await seenOf(context, one)).toEqual(modelled(model, one));
        expect(flawsOf(context.store.snapshot())).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    const missing = Object.entries(COMMON).flatMap(([kind, outcomes]) =>
      outcomes.map((outcome) => `${kind} ${outcome}`).filter((one) => seen.filter((it) => it === one).length < 5),
    );
    expect(missing).toEqual([]);
  }, 60_000);
});
