import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { effectiveDocument } from '../../../lambdas/agents/agent.ts';
import { isLiving, type Layer } from '../../../lambdas/agents/agent-record.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { putLayer } from '../../../lambdas/agents/put-layer.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { removeLayer } from '../../../lambdas/agents/remove-layer.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import type { HotReloadManager } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { ManifestLoader } from '../../../lambdas/discovery/reading/manifest-loader.ts';
import { RemoteRegistrySource } from '../../../lambdas/discovery/remote-registry-source.ts';
import { RegistryError } from '../../../lambdas/shared/errors.ts';
import { aContext, type TestContext } from '../../support/agents.ts';
import { following } from '../../support/hot-reload.ts';
import { answerOf } from '../../support/remote-registry.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

/** A registry of several, with the one that it follows. */
interface Registry {
  readonly context: TestContext;
  readonly follows: number | undefined;
  readonly manager: HotReloadManager | undefined;
}

/** Registries of which each follows the one of this number, or none. */
function registries(follows: readonly (number | undefined)[]): Registry[] {
  const loader = new ManifestLoader();
  const contexts = follows.map(() => aContext());
  return contexts.map((context, n) => {
    const upstream = follows[n];
    if (upstream === undefined) return { context, follows: upstream, manager: undefined };
    const source = new RemoteRegistrySource({
      endpoint: `https://registry-${upstream}.example.com`,
      authorise: async ({ headers }) => headers,
      fetch: async (address) => {
        const { status, body } = await answerOf(contexts[upstream] as TestContext, address, 2);
        return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
      },
    });
    const { manager } = following({
      context,
      of: source,
      ports: { read: (_key, content, origin) => loader.load('manifest.json', content, origin) },
    });
    return { context, follows: upstream, manager };
  });
}

/** What happens: a write in one of the registries, or a poll of one. */
interface Happening {
  readonly at: number;
  readonly text: string;
  run(registry: Registry): Promise<unknown>;
}

const actor = 'tester';
const at = fc.nat({ max: 2 });
const id = fc.constantFrom('a', 'b', 'constructor');
const version = fc.constantFrom('1', '2', '3');
const layer = { source: 's3', origin: 'bucket', actor, reason: 'x' } as const;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: at.map((at) => ({ at, text: `poll ${at}`, run: async ({ manager }: Registry) => manager?.poll() })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ at, id, version }).map(({ at, id, version }) => ({
      at,
      text: `register ${id} ${version} at ${at}`,
      run: ({ context }: Registry) => registerAgent(context, { document: { id, name: id, version }, actor }),
    })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ at, id, version }).map(({ at, id, version }) => ({
      at,
      text: `declare ${id} ${version} at ${at}`,
      run: ({ context }: Registry) => putLayer(context, { ...layer, id, document: { name: id, version } }),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ at, id, priority: fc.constantFrom(1, 2, null) }).map(({ at, id, priority }) => ({
      at,
      text: `override ${id} ${priority} at ${at}`,
      run: ({ context }: Registry) => updateAgent(context, { id, patch: { config: { priority } }, actor }),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ at, id }).map(({ at, id }) => ({
      at,
      text: `withdraw ${id} at ${at}`,
      run: ({ context }: Registry) => removeLayer(context, { ...layer, id }),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ at, id }).map(({ at, id }) => ({
      at,
      text: `deregister ${id} at ${at}`,
      run: ({ context }: Registry) => deregisterAgent(context, { id, actor }),
    })),
  },
);
const histories = fc.array(
  happening.map((one) => ({ ...one, toString: () => one.text })),
  { maxLength: 16 },
);

/** One follows the other, each the other, in a ring, all one. */
const SHAPES: readonly (readonly (number | undefined)[])[] = [
  [undefined, 0],
  [1, 0],
  [1, 2, 0],
  [undefined, 0, 1],
  [undefined, 0, 0],
  [1, 0, 0],
];

/** Polls everybody until nothing changes any more; gives the rounds that this took. */
async function comeToRest(all: readonly Registry[]): Promise<number> {
  const changes = () => all.reduce((sum, { context }) => sum + context.store.changes().length, 0);
  for (let round = 1; round <= 12; round += 1) {
    const before = changes();
    for (const { manager, context } of all) {
      context.clock.advance(10 * 60_000);
      for (let poll = 0; poll < 2; poll += 1) await manager?.poll({ confirmRemovals: true, retry: true });
    }
    if (changes() === before) return round;
  }
  throw new Error('They never come to rest');
}

const layersOf = async ({ context }: Registry, id: string): Promise<readonly Layer[]> => {
  const record = await context.store.load(id);
  return isLiving(record) ? record.layers : [];
};

/** What a registry says of an agent by itself, if that is an agent. */
async function ownOf(registry: Registry, id: string) {
  const own = (await layersOf(registry, id)).filter(({ source }) => source !== 'api');
  const { filePath: _, ...document } = effectiveDocument(own);
  return document.name === undefined ? undefined : document;
}

/** What another registry has fed to this one. */
async function fedOf(registry: Registry, id: string) {
  const fed = (await layersOf(registry, id)).find(({ source }) => source === 'api');
  if (fed === undefined) return undefined;
  const { filePath: _, ...document } = fed.document;
  return document;
}

/** Whether an agent was deregistered here by a call, which keeps out what was fed by then. */
const isDismissed = async ({ context }: Registry, id: string): Promise<boolean> =>
  (await context.store.load(id))?.head.dismissed?.api !== undefined;

/** Lets what happens happen; what the registry refuses is refused. */
async function happen(all: readonly Registry[], { at, run }: Happening): Promise<void> {
  const registry = all[at % all.length] as Registry;
  registry.context.clock.advance(1);
  await run(registry).catch((error: unknown) => {
    if (!(error instanceof RegistryError)) throw error;
  });
}

/** Holds a registry against the one that it follows; gives how many agents that one feeds to it. */
async function expectFed(all: readonly Registry[], registry: Registry): Promise<number> {
  const upstream = registry.follows === undefined ? undefined : (all[registry.follows] as Registry);
  let count = 0;
  for (const one of ['a', 'b', 'constructor']) {
    if (await isDismissed(registry, one)) continue;
    const own = upstream && (await ownOf(upstream, one));
    expect(await fedOf(registry, one)).toEqual(own);
    count += Number(own !== undefined);
  }
  expect(flawsOf(registry.context.store.snapshot())).toEqual([]);
  return count;
}

describe.each(SHAPES.map((follows) => ({ follows })))('registries that follow $follows', ({ follows }) => {
  test('come to rest, and each has what the one it follows says by itself: never what it gave', async () => {
    let fed = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (happenings) => {
        const all = registries(follows);
        for (const one of happenings) await happen(all, one);
        expect(await comeToRest(all)).toBeLessThanOrEqual(3);
        for (const registry of all) fed += await expectFed(all, registry);
      }),
      { numRuns: 150 },
    );
    expect(fed).toBeGreaterThan(50);
  });
});
