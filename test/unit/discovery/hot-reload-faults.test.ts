import { describe, expect, test } from '@jest/globals';
import type { RefusedManifest } from '../../../lambdas/discovery/hot-reload-change.ts';
import { HotReloadManager, type HotReloadPorts } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { ServiceCache } from '../../../lambdas/services/service-cache.ts';
import { ServiceRegistry } from '../../../lambdas/services/service-registry.ts';
import { UnavailableError } from '../../../lambdas/shared/errors.ts';
import { type FaultTime, FaultyCalls } from '../../support/faulty-calls.ts';
import { aManifest, type Followed, following, keyOf, readJson, served, servingIds } from '../../support/hot-reload.ts';
import { MemoryServiceStore } from '../../support/memory-service-store.ts';
import { aService } from '../../support/services.ts';

const SERVICE_KEY = 'manifests/github/server.json';
const MINUTE = 60_000;

/** So many that a removal which is counted twice, because its event came twice, is none too many. */
const STABLE = Array.from({ length: 22 }, (_, n) => `s${n}`);

/** What there is at the end, whatever goes wrong on the way. */
interface End {
  /** Version and revision, by id. */
  readonly agents: Readonly<Record<string, readonly [string, number]>>;
  readonly refused: readonly string[];
  readonly services: readonly string[];
}
const END: End = {
  agents: {
    added: ['2', 1],
    changed: ['2', 2],
    returned: ['1', 1],
    ...Object.fromEntries(STABLE.map((id) => [id, ['1', 1]])),
  },
  refused: ['broken'],
  services: ['github'],
};

/** What is told on the way. */
const TOLD = ['added added', 'removed gone', 'removed lost', 'updated changed'];

interface World extends Followed {
  readonly services: ServiceRegistry;
  readonly announced: RefusedManifest[];
  readonly told: string[];
  /** A manager whose calls go wrong as planned; what it tells is told as well. */
  managed(calls: FaultyCalls): HotReloadManager;
}

/** A registry that has seen a source in which then one agent came, one changed, one broke, two went and one is back. */
async function aWorld(): Promise<World> {
  const announced: RefusedManifest[] = [];
  const followed = following();
  const { source, context } = followed;
  const services = new ServiceRegistry(new MemoryServiceStore(), context.clock);
  const ports: HotReloadPorts = {
    ...followed.ports,
    services: new ServiceCache(services, context.clock),
    read: (key, content, origin) =>
      key === SERVICE_KEY ? { verdict: 'service', service: aService() } : readJson(key, content, origin),
    announce: async (refused) => {
      announced.push(...refused);
    },
  };
  const told: string[] = [];
  const managed = (calls: FaultyCalls) => {
    const manager = new HotReloadManager({
      ...ports,
      source: calls.port('source', ports.source, ['originOf', 'idOf']),
      snapshots: calls.port('snapshots', ports.snapshots),
      layers: calls.port('layers', ports.layers),
      services: calls.port('services', ports.services ?? {}) as NonNullable<HotReloadPorts['services']>,
      removals: calls.port('removals', ports.removals),
      announce: calls.counted('announce', ports.announce ?? (async () => undefined)),
    });
    for (const type of ['added', 'updated', 'removed'] as const) {
      manager.on(type, ({ agentId }) => told.push(`${type} ${agentId}`));
    }
    return manager;
  };
  const calm = managed(new FaultyCalls());
  for (const id of ['changed', 'broken', 'gone', 'lost', 'returned', ...STABLE]) {
    source.put(keyOf(id), aManifest(id, { version: '1' }));
  }
  await calm.poll();
  for (const id of ['gone', 'lost']) source.delete(keyOf(id));
  const [kept, keptText] = [keyOf('returned'), source.text(keyOf('returned'))];
  source.delete(kept);
  await calm.poll();
  context.clock.advance(MINUTE);
  source.put(kept, keptText);
  source.put(keyOf('added'), aManifest('added', { version: '2' }));
  source.put(keyOf('changed'), aManifest('changed', { version: '2' }));
  source.put(keyOf('broken'), '{');
  source.put(SERVICE_KEY, 'a service');
  told.length = 0;
  return { ...followed, services, announced, told, managed };
}

/** What came about. */
async function endOf({ context, snapshots, services }: World): Promise<End> {
  const agents: Record<string, readonly [string, number]> = {};
  for (const id of await servingIds(context)) {
    const { version, revision } = await served(context, id);
    if (id !== 'broken') agents[id] = [version, revision];
  }
  const entries = Object.entries(snapshots.snapshot.entries);
  const { services: listed } = await services.list({ limit: 10 });
  return {
    agents,
    refused: entries.flatMap(([, { id, problem }]) => (problem ? [id ?? 'nobody'] : [])),
    services: listed.map(({ document }) => document.id),
  };
}

/** Whoever should serve at this moment serves: nobody is removed wrongly, not even for a moment. */
async function expectNobodyLost(world: World): Promise<void> {
  expect(await servingIds(world.context)).toEqual(expect.arrayContaining(['broken', 'changed', 'returned', ...STABLE]));
  expect(await served(world.context, 'broken')).toMatchObject({ version: '1', revision: 1 });
}

const isWrite = (call: string): boolean => /^(layers|services)\.(put|remove)$/.test(call);

/** Whether all may be told: of a write whose answer is lost nobody knows whether it was ours. */
const expectTold = (told: readonly string[], call: string, when: FaultTime): void => {
  if (when === 'after' && isWrite(call)) {
    expect(new Set(told).size).toBe(told.length);
    expect(TOLD).toEqual(expect.arrayContaining([...told]));
  } else expect([...told].sort()).toEqual(TOLD);
};

/** What a call throws when its service is busy, and when something breaks that nobody thought of. */
const FAULTS = {
  busy: () => new UnavailableError('busy'),
  broken: (call: string) => new TypeError(`${call} broke`),
} as const;

const EACH = (['before', 'after'] as const).flatMap((when) =>
  (['busy', 'broken'] as const).map((kind) => ({ when, kind })),
);

describe('a poll of which one call fails', () => {
  test.each(EACH)('$when its effect ($kind) leaves the rest to the next poll', async ({ when, kind }) => {
    const counting = new FaultyCalls();
    const calm = await aWorld();
    await calm.managed(counting).poll();
    expect(await endOf(calm)).toEqual(END);
    expect(counting.made.length).toBeGreaterThan(20);

    for (let at = 0; at < counting.made.length; at += 1) {
      const world = await aWorld();
      const calls = new FaultyCalls(at, when, FAULTS[kind]);
      const manager = world.managed(calls);
      const { outcome, error } = await manager.poll();
      // Whatever fails is told, by the outcome and its reason.
      expect(outcome).not.toBe('done');
      expect(error).toBeDefined();
      await expectNobodyLost(world);
      await manager.poll();

      expect({ call: calls.made[at], ...(await endOf(world)) }).toEqual({ call: calls.made[at], ...END });
      expectTold(world.told, calls.made[at] ?? '', when);
      expect(world.announced.map(({ agentId }) => agentId)).toContain('broken');
      world.source.calls.length = 0;
      expect(await manager.poll()).toMatchObject({ outcome: 'done', changes: [] });
      expect(world.source.calls).toEqual([['list', '']]);
    }
  });

  test('tells what it had done by then', async () => {
    const counting = new FaultyCalls();
    const calm = await aWorld();
    await calm.managed(counting).poll();
    const replace = counting.made.indexOf('snapshots.replace');
    const world = await aWorld();
    const report = await world.managed(new FaultyCalls(replace)).poll();

    expect(report).toMatchObject({ outcome: 'failed', error: new Error('snapshots.replace failed') });
    expect(report.changes.map(({ agentId }) => agentId).sort()).toEqual(['added', 'changed']);
  });
});

const EVENTS = [...['added', 'changed', 'broken', 'gone', 'lost', 'returned'].map(keyOf), SERVICE_KEY];

/** Delivers events as a queue does: again, until they are settled. */
async function deliver(manager: HotReloadManager, keys: readonly string[]): Promise<number> {
  let left = keys;
  for (let delivery = 1; delivery <= 5; delivery += 1) {
    try {
      left = [...(await manager.settle(left)).keys()];
    } catch {
      // All of them come again.
    }
    if (left.length === 0) return delivery;
  }
  throw new Error(`Never settled: ${left}`);
}

describe('an event of which one call fails', () => {
  test.each(EACH)('$when its effect ($kind) is settled when it is delivered again', async ({ when, kind }) => {
    const counting = new FaultyCalls();
    const calm = await aWorld();
    expect(await deliver(calm.managed(counting), EVENTS)).toBe(1);
    expect(await endOf(calm)).toEqual(END);

    for (let at = 0; at < counting.made.length; at += 1) {
      const world = await aWorld();
      const calls = new FaultyCalls(at, when, FAULTS[kind]);
      const manager = world.managed(calls);
      expect(await deliver(manager, EVENTS)).toBe(2);
      await expectNobodyLost(world);

      expect({ call: calls.made[at], ...(await endOf(world)) }).toEqual({ call: calls.made[at], ...END });
      expectTold(world.told, calls.made[at] ?? '', when);
    }
  });
});
