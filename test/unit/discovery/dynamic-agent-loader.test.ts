import { describe, expect, test } from '@jest/globals';
import { getLayers } from '../../../lambdas/agents/agent-layers.ts';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import type { Lease } from '../../../lambdas/agents/lease.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { DynamicAgentLoader, type DynamicAgentLoaderProps } from '../../../lambdas/discovery/dynamic-agent-loader.ts';
import type { AllCounts } from '../../../lambdas/discovery/reload-counts.ts';
import { RELOAD_SOURCES, type ReloadSource } from '../../../lambdas/discovery/reload-terms.ts';
import { aContext, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aManifest, type Followed, following, keyOf, served, servingIds } from '../../support/hot-reload.ts';
import { MemoryLease, MemoryLeaseHolder } from '../../support/memory-lease.ts';
import { MemoryManifestSource } from '../../support/memory-manifest-source.ts';

const KEY = keyOf('a');
const LENGTH = 30_000;
const DEADLINE = START + 3_600_000;

/** A registry that follows all three sources under a lease; time passes only while it waits. */
function aLoader(overrides: Partial<DynamicAgentLoaderProps> = {}) {
  const context = aContext();
  const { clock } = context;
  const follow = (source: ReloadSource) =>
    following({ context, source: new MemoryManifestSource({ source }), ports: { batchSize: 2 } });
  const followed: Record<ReloadSource, Followed> = {
    s3: follow('s3'),
    filesystem: follow('filesystem'),
    api: follow('api'),
  };
  const polled: ReloadSource[] = [];
  const waited: number[] = [];
  const holder = new MemoryLeaseHolder();
  let counts: AllCounts = {};
  const props: DynamicAgentLoaderProps = {
    sources: followed,
    lease: new MemoryLease(holder, 'me', LENGTH),
    counts: {
      load: async () => counts,
      save: async (saved) => {
        counts = saved;
      },
    },
    clock,
    pause: async (milliseconds) => {
      waited.push(milliseconds);
      clock.advance(milliseconds);
    },
    onPolled: (source) => polled.push(source),
    ...overrides,
  };
  const other = new MemoryLease(holder, 'other', LENGTH);
  const loader = new DynamicAgentLoader(props);
  const sourceOf = (source: ReloadSource) => followed[source].source;
  return { context, clock, followed, sourceOf, loader, polled, waited, other, holder, props };
}

describe('loading agents from several sources', () => {
  test('lays what each says over what lower ones say: bucket, files, the API, another registry', async () => {
    const { context, sourceOf, loader } = aLoader();
    const say = (source: ReloadSource, more: object) =>
      sourceOf(source).put(KEY, aManifest('a', { name: source, version: source, ...more }));
    say('s3', { config: { color: 's3', priority: 1, specialization: 's3' } });
    await loader.reload({ deadline: DEADLINE });
    await updateAgent(context, { id: 'a', patch: { config: { color: 'api call' } }, actor: 'operator' });
    say('filesystem', { config: { color: 'filesystem', specialization: 'filesystem' } });
    say('api', { config: { mcpServers: ['remote'] } });
    await loader.reload({ deadline: DEADLINE });

    expect(await served(context, 'a')).toMatchObject({
      version: 'api',
      config: { color: 'api call', priority: 1, specialization: 'filesystem', mcpServers: ['remote'] },
    });
    const { layers, provenance } = await getLayers(context.store, 'a');
    expect(layers.map(({ source }) => source)).toEqual(['s3', 'filesystem', 'dynamodb', 'api']);
    expect(provenance).toMatchObject({
      version: 'api',
      'config.color': 'dynamodb',
      'config.priority': 's3',
      'config.specialization': 'filesystem',
    });
  });

  test('brings back what lies below when a source says nothing any more', async () => {
    const { context, sourceOf, loader } = aLoader();
    for (const source of RELOAD_SOURCES) sourceOf(source).put(KEY, aManifest('a', { name: source }));
    const name = async () => (await served(context, 'a')).name;
    await loader.reload({ deadline: DEADLINE });
    expect(await name()).toBe('api');
    for (const [gone, below] of [
      ['api', 'filesystem'],
      ['filesystem', 's3'],
    ] as const) {
      sourceOf(gone).delete(KEY);
      await loader.reload({ deadline: DEADLINE, confirmRemovals: true });
      expect(await name()).toBe(below);
    }
    sourceOf('s3').delete(KEY);
    await loader.reload({ deadline: DEADLINE, confirmRemovals: true });

    expect(await servingIds(context)).toEqual([]);
  });

  test('asks them in the order of their priority, and those alone that are followed', async () => {
    const all = aLoader();
    await all.loader.reload({ deadline: DEADLINE });
    expect(all.polled).toEqual(['s3', 'filesystem', 'api']);

    const { s3 } = all.followed;
    const one = new DynamicAgentLoader({ ...all.props, sources: { s3 } });
    const { sources, status } = await one.reload({ deadline: DEADLINE });
    expect(Object.keys(sources)).toEqual(['s3']);
    expect(status.sources).toMatchObject({
      s3: { enabled: true },
      api: { enabled: false, isPolling: false, pollCount: 1 },
    });
  });

  test('goes on to the others when one fails, and counts it as an error', async () => {
    const { context, sourceOf, loader } = aLoader();
    sourceOf('filesystem').put(KEY, aManifest('a'));
    sourceOf('s3').hook = () => {
      throw new Error('denied');
    };
    const { sources, status } = await loader.reload({ deadline: DEADLINE });

    expect(sources).toMatchObject({ s3: { outcome: 'failed', error: 'denied' }, filesystem: { added: ['a'] } });
    expect(status).toMatchObject({
      pollCount: 2,
      errorCount: 1,
      sources: { s3: { pollCount: 0, errorCount: 1 }, filesystem: { pollCount: 1, errorCount: 0 } },
    });
    expect(await servingIds(context)).toEqual(['a']);
  });

  test('reports a hundred ids of a kind, and how many there are', async () => {
    const { sourceOf, loader } = aLoader();
    for (let n = 0; n < 150; n += 1) sourceOf('s3').put(keyOf(`a${n}`), n % 3 ? aManifest(`a${n}`) : '{');
    const { sources, status } = await loader.reload({ deadline: DEADLINE });
    expect(sources.s3).toMatchObject({ addedCount: 100, updatedCount: 0, failed: 50, unchanged: 0 });
    for (let n = 0; n < 150; n += 1) sourceOf('s3').put(keyOf(`a${n}`), aManifest(`a${n}`, { version: '2' }));
    const next = await loader.reload({ deadline: DEADLINE });

    expect(status.failureCount).toBe(50);
    expect(next.sources.s3).toMatchObject({ updatedCount: 100, addedCount: 50, failed: 0 });
    for (let n = 0; n < 110; n += 1) sourceOf('s3').delete(keyOf(`a${n}`));
    const last = await loader.reload({ deadline: DEADLINE, confirmRemovals: true });
    expect(last.sources.s3).toMatchObject({ removedCount: 110 });
    expect(last.sources.s3?.removed).toHaveLength(100);
  });
});

describe('one reload at a time', () => {
  test('waits for the one that is under way, and then runs as well', async () => {
    const { loader, other, clock, waited, sourceOf } = aLoader();
    await other.take(clock.now());
    clock.advance(LENGTH - 1_000);
    sourceOf('s3').put(KEY, aManifest('a'));

    expect(await loader.reload({ deadline: DEADLINE })).toMatchObject({ sources: { s3: { added: ['a'] } } });
    expect(waited).toEqual([250, 250, 250, 250]);
  });

  test('is busy when that takes longer than ten seconds, and looks at nothing', async () => {
    const { loader, other, clock, waited, sourceOf, polled } = aLoader();
    await other.take(clock.now());
    const { sources, status } = await loader.reload({ deadline: DEADLINE });

    expect(RELOAD_SOURCES.map((source) => sources[source]?.outcome)).toEqual(['busy', 'busy', 'busy']);
    expect(status).toMatchObject({ isPolling: true, sources: { s3: { isPolling: true } } });
    expect(waited.reduce((sum, one) => sum + one, 0)).toBe(10_000);
    expect([sourceOf('s3').calls, polled]).toEqual([[], []]);
  });

  test('waits no longer than it may', async () => {
    const { loader, other, clock, waited } = aLoader();
    await other.take(clock.now());
    await loader.reload({ deadline: clock.now() + 1_000 });

    expect(waited).toHaveLength(4);
  });

  test('gives the lease back when it is done, and whatever fails', async () => {
    const { loader, holder, props } = aLoader();
    await loader.reload({ deadline: DEADLINE });
    expect(holder.until).toBe(0);
    const counts = {
      load: async () => {
        throw new StoreBusyError();
      },
      save: async () => undefined,
    };
    const failing = new DynamicAgentLoader({ ...props, counts });

    expect(await rejectionOf(failing.reload({ deadline: DEADLINE }))).toBeInstanceOf(StoreBusyError);
    expect(holder.until).toBe(0);
  });

  test('leaves the rest to others when it loses the lease on the way', async () => {
    const { loader, sourceOf, other, clock, context, holder } = aLoader();
    for (const id of ['a', 'b', 'c', 'd', 'e']) sourceOf('s3').put(keyOf(id), aManifest(id));
    sourceOf('s3').hook = async (call) => {
      if (call !== 'fetch') return;
      sourceOf('s3').hook = () => undefined;
      clock.advance(LENGTH + 1);
      await other.take(clock.now());
    };
    const { sources } = await loader.reload({ deadline: DEADLINE });

    expect(sources.s3).toMatchObject({ outcome: 'partial', addedCount: 0 });
    expect(holder.owner).toBe('other');
    await other.release();
    expect((await loader.reload({ deadline: DEADLINE })).sources.s3).toMatchObject({ outcome: 'done', addedCount: 5 });
    expect(await servingIds(context)).toHaveLength(5);
  });

  test('begins with no manifest after its deadline, and removes nobody then', async () => {
    const { loader, sourceOf, clock, context } = aLoader();
    for (const id of ['a', 'b', 'c', 'd', 'e']) sourceOf('s3').put(keyOf(id), aManifest(id));
    const first = await loader.reload({ deadline: clock.now() });
    expect(first.sources.s3).toMatchObject({ outcome: 'partial', addedCount: 0 });
    await loader.reload({ deadline: DEADLINE });
    sourceOf('s3').put(keyOf('f'), aManifest('f'));
    sourceOf('s3').delete(KEY);
    await loader.reload({ deadline: clock.now(), confirmRemovals: true });
    expect(await servingIds(context)).toContain('a');
    await loader.reload({ deadline: DEADLINE, confirmRemovals: true });

    expect(await servingIds(context)).toEqual(['b', 'c', 'd', 'e', 'f']);
  });

  test('holds on to the lease while it works through many batches', async () => {
    const { loader, sourceOf, clock, holder } = aLoader();
    for (let n = 0; n < 10; n += 1) sourceOf('s3').put(keyOf(`a${n}`), aManifest(`a${n}`));
    sourceOf('s3').hook = (call) => {
      if (call === 'fetch') clock.advance(5_000);
      expect(holder.until).toBeGreaterThan(clock.now() - 20_000);
    };

    expect((await loader.reload({ deadline: DEADLINE })).sources.s3).toMatchObject({ outcome: 'done', addedCount: 10 });
  });

  test('is worth nothing while the table is out of reach: it says so', async () => {
    const lease: Lease = {
      take: async () => {
        throw new StoreBusyError();
      },
      release: async () => undefined,
      isTaken: async () => false,
    };
    const { loader } = aLoader({ lease });

    expect(await rejectionOf(loader.reload({ deadline: DEADLINE }))).toBeInstanceOf(StoreBusyError);
  });
});

describe('the status of all sources', () => {
  test('has the seven fields, of each and of all', async () => {
    const { loader, sourceOf, clock } = aLoader();
    sourceOf('s3').put(KEY, aManifest('a'));
    await loader.reload({ deadline: DEADLINE });
    const changed = clock.now();
    clock.advance(1_000);
    const { status } = await loader.reload({ deadline: DEADLINE });
    const seven = { enabled: true, isPolling: false, pollCount: 2, errorCount: 0 };

    expect(status).toEqual({
      ...seven,
      pollCount: 6,
      lastPollAt: new Date(clock.now()).toISOString(),
      lastChangeAt: new Date(changed).toISOString(),
      totalAgents: 1,
      sources: {
        s3: {
          ...seven,
          lastPollAt: new Date(clock.now()).toISOString(),
          lastChangeAt: new Date(changed).toISOString(),
          totalAgents: 1,
        },
        filesystem: { ...seven, lastPollAt: new Date(clock.now()).toISOString(), lastChangeAt: null, totalAgents: 0 },
        api: { ...seven, lastPollAt: new Date(clock.now()).toISOString(), lastChangeAt: null, totalAgents: 0 },
      },
      failures: [],
      failureCount: 0,
      warnings: [],
      held: [],
    });
  });

  test('is that nothing was polled yet, before the first', async () => {
    const { loader } = aLoader();

    expect(await loader.status()).toMatchObject({ lastPollAt: null, lastChangeAt: null, pollCount: 0, totalAgents: 0 });
  });
});
