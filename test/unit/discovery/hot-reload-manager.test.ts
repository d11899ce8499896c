import { describe, expect, test } from '@jest/globals';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import type { DeclaredServices } from '../../../lambdas/discovery/declared-layers.ts';
import { HotReloadManager } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { aContext } from '../../support/agents.ts';
import { aManifest, following, keyOf, served, servingIds } from '../../support/hot-reload.ts';
import { MemoryManifestSource } from '../../support/memory-manifest-source.ts';
import { MemorySnapshotStore } from '../../support/memory-snapshot-store.ts';

const MINUTE = 60_000;
const ids = (count: number) => Array.from({ length: count }, (_, n) => `agent-${String(n).padStart(3, '0')}`);

/** A registry that follows so many manifests and has seen them all. */
async function aFleet(count: number) {
  const followed = following();
  for (const id of ids(count)) followed.source.put(keyOf(id), aManifest(id));
  await followed.manager.poll();
  followed.source.calls.length = 0;
  followed.changes.length = 0;
  return followed;
}

describe('a poll', () => {
  test('brings new manifests into the registry, each told as added', async () => {
    const { context, source, manager, changes } = following();
    source.put(keyOf('calendar'), aManifest('calendar'));

    const report = await manager.poll();

    expect(report).toMatchObject({ outcome: 'done', failed: 0, held: 0 });
    expect(changes).toMatchObject([{ type: 'added', agentId: 'calendar', newVersion: '1.0.0' }]);
    expect(await served(context, 'calendar')).toMatchObject({
      revision: 1,
      filePath: 's3://manifests/calendar/manifest.json',
    });
  });

  test('fetches only what has changed, and tells both versions', async () => {
    const { context, source, manager, changes } = await aFleet(5);
    source.put(keyOf('agent-003'), aManifest('agent-003', { version: '2.0.0' }));

    await manager.poll();

    expect(source.calls.filter(([call]) => call === 'fetch')).toEqual([['fetch', keyOf('agent-003')]]);
    expect(changes).toMatchObject([
      { type: 'updated', agentId: 'agent-003', previousVersion: '1.0.0', newVersion: '2.0.0' },
    ]);
    expect(await served(context, 'agent-003')).toMatchObject({ version: '2.0.0', revision: 2 });
  });

  test('of what has not changed is one listing, without a fetch or a write', async () => {
    const { context, source, snapshots, manager } = await aFleet(40);
    const [replaced, commits] = [snapshots.replaced, context.store.changes().length];

    const report = await manager.poll();

    expect(source.calls).toEqual([['list', '']]);
    expect(report).toMatchObject({ outcome: 'done', unchanged: 40, changes: [] });
    expect([snapshots.replaced, context.store.changes().length]).toEqual([replaced, commits]);
  });

  test('removes only what two listings in a row lack', async () => {
    const { context, source, manager, changes } = await aFleet(5);
    source.delete(keyOf('agent-001'));

    await manager.poll();
    expect(await servingIds(context)).toHaveLength(5);
    await manager.poll();

    expect(await servingIds(context)).toEqual(['agent-000', 'agent-002', 'agent-003', 'agent-004']);
    expect(changes).toMatchObject([{ type: 'removed', agentId: 'agent-001', previousVersion: '1.0.0' }]);
  });

  test('leaves alone what comes back between two listings', async () => {
    const { context, source, manager, changes } = await aFleet(5);
    const text = source.text(keyOf('agent-001'));
    source.delete(keyOf('agent-001'));
    await manager.poll();
    source.put(keyOf('agent-001'), text);
    await manager.poll();
    await manager.poll();

    expect(await servingIds(context)).toHaveLength(5);
    expect(changes).toEqual([]);
  });

  test('counts what it did', async () => {
    const { manager, source, context } = await aFleet(3);
    source.hook = () => {
      throw new Error('denied');
    };
    await manager.poll();

    expect(manager.getStatus()).toEqual({
      enabled: true,
      isPolling: false,
      lastPollAt: new Date(context.clock.now()).toISOString(),
      lastChangeAt: new Date(context.clock.now()).toISOString(),
      totalAgents: 3,
      pollCount: 1,
      errorCount: 1,
    });
  });
});

describe('a manifest that is refused', () => {
  test('leaves the last good version serving, says why, and is not fetched again until it changes', async () => {
    const { context, source, manager, refused, snapshots } = await aFleet(2);
    source.put(keyOf('agent-000'), '{"id": "agent-000", "name": ');

    expect(await manager.poll()).toMatchObject({ outcome: 'done', failed: 1 });
    await manager.poll();

    expect(await served(context, 'agent-000')).toMatchObject({ revision: 1 });
    expect(refused).toMatchObject([{ key: keyOf('agent-000'), agentId: 'agent-000', step: 'syntax_validation' }]);
    expect(source.count('fetch')).toBe(1);
    expect(snapshots.snapshot.entries[keyOf('agent-000')]?.problem?.reason).toMatch(/JSON/);
  });

  test('serves again when it is mended', async () => {
    const { context, source, manager, snapshots } = await aFleet(1);
    source.put(keyOf('agent-000'), 'broken');
    await manager.poll();
    source.put(keyOf('agent-000'), aManifest('agent-000', { version: '2.0.0' }));
    await manager.poll();

    expect(await served(context, 'agent-000')).toMatchObject({ version: '2.0.0' });
    expect(snapshots.snapshot.entries[keyOf('agent-000')]?.problem).toBeUndefined();
  });

  test('is named with its field and rule', async () => {
    const { source, manager, refused } = following();
    source.put(keyOf('a'), aManifest('a', { config: { priority: 99 } }));
    await manager.poll();

    expect(refused[0]?.errors).toMatchObject([{ field: 'config.priority', rule: 'maximum' }]);
  });

  test('never stops the others', async () => {
    const { context, source, manager } = following();
    for (const id of ids(20)) source.put(keyOf(id), Number(id.slice(-1)) % 2 ? 'broken' : aManifest(id));
    await manager.poll();

    expect(await servingIds(context)).toHaveLength(10);
  });

  test('for what lies outside it is tried again after five minutes', async () => {
    let alive = false;
    const { context, source, manager } = following({
      validation: {
        findService: async (id) => ({
          id,
          name: id,
          kind: 'mcp',
          endpoints: [{ type: 'sse', url: 'https://mcp.example.com' }],
          packages: [],
          requires: [],
        }),
        handshake: async () => ({ alive }),
      },
    });
    source.put(keyOf('a'), aManifest('a', { config: { mcpServers: ['github'] } }));
    expect(await manager.poll()).toMatchObject({ failed: 1 });
    alive = true;
    expect(await manager.poll()).toMatchObject({ failed: 1 });
    context.clock.advance(5 * MINUTE);

    expect(await manager.poll()).toMatchObject({ failed: 0 });
    expect(await servingIds(context)).toEqual(['a']);
  });

  test('stands under the folder of another agent', async () => {
    const { source, manager, refused } = following();
    source.put(keyOf('a'), aManifest('b'));
    await manager.poll();

    expect(refused).toMatchObject([{ step: 'conflict_detection', errors: [{ field: 'id', rule: 'folder' }] }]);
  });
});

describe('guards', () => {
  test.each(['denied', 'broken off'])('a listing that is %s removes nobody', async (message) => {
    const { context, source, manager } = await aFleet(10);
    source.delete(keyOf('agent-001'));
    await manager.poll();
    source.hook = () => {
      throw new Error(message);
    };
    expect(await manager.poll()).toMatchObject({ outcome: 'failed' });

    expect(await servingIds(context)).toHaveLength(10);
  });

  test('an empty listing removes nobody, and one that is whole again takes nobody either', async () => {
    const { context, source, manager } = await aFleet(10);
    const kept = source.keys().map((key) => [key, source.text(key)] as const);
    for (const [key] of kept) source.delete(key);
    for (let poll = 0; poll < 3; poll += 1) expect(await manager.poll()).toMatchObject({ held: 10 });
    for (const [key, text] of kept) source.put(key, text);

    expect(await manager.poll()).toMatchObject({ held: 0 });
    expect(await servingIds(context)).toHaveLength(10);
  });

  test.each([
    { of: 100, gone: 15, held: 0 },
    { of: 100, gone: 16, held: 16 },
    { of: 10, gone: 2, held: 0 },
    { of: 10, gone: 3, held: 3 },
  ])('when $gone of $of vanish at once, $held are held', async ({ of, gone, held }) => {
    const { context, source, manager, snapshots } = await aFleet(of);
    for (const id of ids(gone)) source.delete(keyOf(id));
    for (let poll = 0; poll < 3; poll += 1) await manager.poll();

    expect(await servingIds(context)).toHaveLength(held > 0 ? of : of - gone);
    expect(snapshots.snapshot.held?.count ?? 0).toBe(held);
  });

  test('what is held goes when somebody confirms it, at once', async () => {
    const { context, source, manager, snapshots } = await aFleet(10);
    for (const id of ids(8)) source.delete(keyOf(id));
    await manager.poll();

    expect(await manager.poll({ confirmRemovals: true })).toMatchObject({ held: 0 });
    expect(await servingIds(context)).toEqual(['agent-008', 'agent-009']);
    expect(snapshots.snapshot.held).toBeUndefined();
  });

  test('what a listing lacks but the source still has is not removed', async () => {
    const { context, source, manager } = await aFleet(10);
    const list = source.list.bind(source);
    source.list = async () => (await list()).filter(({ key }) => key !== keyOf('agent-004'));
    for (let poll = 0; poll < 3; poll += 1) await manager.poll();

    expect(await servingIds(context)).toHaveLength(10);
  });
});

describe('what is held', () => {
  test('stays held, however long it takes, until somebody confirms it', async () => {
    const { context, source, manager } = await aFleet(5);
    for (const id of ids(4)) source.delete(keyOf(id));
    await manager.settle(ids(4).map(keyOf));
    const left = await servingIds(context);
    expect(left).toHaveLength(3);
    for (let poll = 0; poll < 6; poll += 1) {
      context.clock.advance(MINUTE);
      expect(await manager.poll()).toMatchObject({ held: 2 });
    }
    expect(await servingIds(context)).toEqual(left);

    expect(await manager.poll({ confirmRemovals: true })).toMatchObject({ held: 0 });
    expect(await servingIds(context)).toEqual(['agent-004']);
  });

  test('is held no longer when all of it has come back', async () => {
    const { context, source, manager, snapshots } = await aFleet(10);
    for (const id of ids(5)) source.delete(keyOf(id));
    await manager.poll();
    for (const id of ids(5)) source.put(keyOf(id), aManifest(id));
    await manager.poll();

    expect(snapshots.snapshot.held).toBeUndefined();
    expect(await servingIds(context)).toHaveLength(10);
  });

  test('makes later deletions wait as well', async () => {
    const { context, source, manager } = await aFleet(20);
    for (const id of ids(10)) source.delete(keyOf(id));
    await manager.poll();
    context.clock.advance(5 * MINUTE);
    source.delete(keyOf('agent-019'));
    await manager.settle([keyOf('agent-019')]);

    expect(await servingIds(context)).toHaveLength(20);
  });

  test('is not hidden by services that have the ids of agents', async () => {
    const services: DeclaredServices = {
      current: async () => undefined,
      put: async () => 'created',
      remove: async () => 'absent',
    };
    const read = following().ports.read;
    const { context, source, manager } = following({
      ports: {
        services,
        read: (key, content, origin) =>
          key.endsWith('/service.json')
            ? {
                verdict: 'service',
                service: { id: 'x', name: 'x', kind: 'service', endpoints: [], packages: [], requires: [] },
              }
            : read(key, content, origin),
      },
    });
    for (const id of ids(10)) {
      source.put(keyOf(id), aManifest(id));
      source.put(`manifests/${id}/service.json`, '{}');
    }
    await manager.poll();
    for (const id of ids(10)) source.delete(keyOf(id));
    for (let poll = 0; poll < 3; poll += 1) await manager.poll();

    expect(await servingIds(context)).toHaveLength(10);
  });
});

describe('a snapshot that is lost', () => {
  test('takes the agents of few deletions with it at most, and holds the rest', async () => {
    const { context, source, ports } = await aFleet(20);
    const snapshots = new MemorySnapshotStore();
    const manager = new HotReloadManager({ ...ports, snapshots });
    for (const id of ids(20)) {
      source.delete(keyOf(id));
      await manager.settle([keyOf(id)]);
      context.clock.advance(10_000);
    }
    for (let poll = 0; poll < 3; poll += 1) await manager.poll();

    expect(await servingIds(context)).toHaveLength(18);
  });
});

describe('events of deletions that come late', () => {
  test('neither count as removals nor hold any: what they speak of is gone already', async () => {
    const { context, source, manager, snapshots } = await aFleet(20);
    const gone = ids(12);
    for (const id of gone) source.delete(keyOf(id));
    await manager.poll({ confirmRemovals: true });
    expect(await servingIds(context)).toHaveLength(8);

    await manager.settle(gone.map(keyOf));
    expect(snapshots.snapshot).not.toHaveProperty('held');
    expect(Object.keys(snapshots.snapshot.entries)).toHaveLength(8);

    source.delete(keyOf('agent-019'));
    await manager.settle([keyOf('agent-019')]);
    expect(await servingIds(context)).toHaveLength(7);
  });

  test('nor do those that are handled while the poll takes it away', async () => {
    const { context, source, manager, snapshots, another } = await aFleet(20);
    const gone = ids(12);
    for (const id of gone) source.delete(keyOf(id));
    let poll: Promise<unknown> | undefined;
    source.hook = async (call) => {
      if (call !== 'head' || poll !== undefined) return;
      poll = another().poll({ confirmRemovals: true });
      await poll;
    };
    await manager.settle(gone.map(keyOf));

    expect(await servingIds(context)).toHaveLength(8);
    expect(snapshots.snapshot).not.toHaveProperty('held');

    // Those that were asked about before it went count against the minute's budget all the same.
    context.clock.advance(MINUTE);
    source.delete(keyOf('agent-019'));
    await manager.settle([keyOf('agent-019')]);
    expect(await servingIds(context)).toHaveLength(7);
  });
});

describe('a poll that an event overtakes', () => {
  test('does not stumble over a manifest that the event has taken away', async () => {
    const { context, source, manager, another } = await aFleet(10);
    source.delete(keyOf('agent-000'));
    source.put(keyOf('new'), aManifest('new'));
    source.hook = async (call) => {
      if (call !== 'fetch') return;
      source.hook = () => undefined;
      await another().settle([keyOf('agent-000')]);
    };

    expect(await manager.poll()).toMatchObject({ outcome: 'done' });
    expect(await servingIds(context)).toHaveLength(10);
  });
});

describe('an event', () => {
  test('brings one manifest without a listing, and the next poll has nothing left to do', async () => {
    const { context, source, manager } = await aFleet(3);
    source.put(keyOf('new'), aManifest('new'));

    expect((await manager.settle([keyOf('new')])).size).toBe(0);
    expect(await servingIds(context)).toContain('new');
    expect(source.count('list')).toBe(0);
    source.calls.length = 0;
    await manager.poll();
    expect(source.calls).toEqual([['list', '']]);
  });

  test('of a deletion removes only what the source says is gone', async () => {
    const { context, source, manager, changes } = await aFleet(10);
    await manager.settle([keyOf('agent-000')]);
    expect(await servingIds(context)).toHaveLength(10);
    source.delete(keyOf('agent-000'));
    await manager.settle([keyOf('agent-000')]);

    expect(await servingIds(context)).toHaveLength(9);
    expect(changes).toMatchObject([{ type: 'removed', agentId: 'agent-000' }]);
  });

  test('one of many deletions within a minute removes nobody beyond the guard; the polls hold the rest', async () => {
    const { context, source, manager } = await aFleet(20);
    for (const id of ids(12)) {
      source.delete(keyOf(id));
      await manager.settle([keyOf(id)]);
    }
    expect(await servingIds(context)).toHaveLength(17);
    for (let poll = 0; poll < 2; poll += 1) expect(await manager.poll()).toMatchObject({ held: 9 });

    expect(await servingIds(context)).toHaveLength(17);
  });

  test('that cannot be served is given back, the others are not', async () => {
    const { context, source, manager } = await aFleet(2);
    source.put(keyOf('a'), aManifest('a'));
    source.put(keyOf('b'), aManifest('b'));
    source.hook = (call, key) => {
      if (call === 'fetch' && key === keyOf('a')) throw new Error('slow down');
    };

    expect([...(await manager.settle([keyOf('a'), keyOf('b')])).keys()]).toEqual([keyOf('a')]);
    expect(await servingIds(context)).toEqual(['agent-000', 'agent-001', 'b']);
  });
});

describe('files of two folders', () => {
  test('that ask for one id get one each, because neither wrote it itself', async () => {
    const context = aContext();
    const folder = (name: string) => {
      const source = new MemoryManifestSource({ source: 'filesystem', idsByKey: false });
      source.originOf = (key) => `${name}/${key}`;
      source.put('agents/reviewer.md', aManifest('reviewer', { description: name }));
      const read = (_: string, __: Uint8Array, origin: string) =>
        ({ verdict: 'agent', agent: { id: 'reviewer', name: 'Reviewer', filePath: origin }, idFrom: 'name' }) as const;
      return following({ context, source, ports: { read } });
    };
    const [one, two] = [folder('one'), folder('two')];
    for (const { manager } of [one, two, one, two]) expect(await manager.poll()).toMatchObject({ failed: 0 });

    const ids = await servingIds(context);
    expect(ids).toEqual(['reviewer', expect.stringMatching(/^reviewer-/)]);
    expect(await served(context, ids[1] ?? '')).toMatchObject({ filePath: 'two/agents/reviewer.md', revision: 1 });
  });
});

describe('with the layers of others', () => {
  test('what was set by a call stays over the manifest, and goes with it when nothing else is left', async () => {
    const { context, source, manager } = await aFleet(3);
    await updateAgent(context, { id: 'agent-000', patch: { config: { priority: 9 } }, actor: 'operator' });
    source.put(keyOf('agent-000'), aManifest('agent-000', { config: { priority: 2, color: 'blue' } }));
    await manager.poll();
    expect(await served(context, 'agent-000')).toMatchObject({ config: { priority: 9, color: 'blue' } });

    source.delete(keyOf('agent-000'));
    await manager.poll();
    await manager.poll();
    expect(await servingIds(context)).toEqual(['agent-001', 'agent-002']);
  });

  test('an agent that a call deregistered is not brought back by its unchanged manifest', async () => {
    const { context, source, manager, another } = await aFleet(3);
    await deregisterAgent(context, { id: 'agent-000', actor: 'operator' });
    await manager.poll({ retry: true });
    source.put(keyOf('agent-000'), source.text(keyOf('agent-000')));
    await another().poll();
    await manager.settle([keyOf('agent-000')]);
    expect(await servingIds(context)).toEqual(['agent-001', 'agent-002']);

    source.put(keyOf('agent-000'), aManifest('agent-000', { version: '2.0.0' }));
    await manager.poll();
    expect(await servingIds(context)).toHaveLength(3);
  });

  test('a manifest that was taken away after its agent was deregistered, and put back, brings it back', async () => {
    const { context, source, manager } = await aFleet(3);
    const text = source.text(keyOf('agent-000'));
    await deregisterAgent(context, { id: 'agent-000', actor: 'operator' });
    await manager.poll();
    source.delete(keyOf('agent-000'));
    await manager.poll();
    await manager.poll();
    source.put(keyOf('agent-000'), text);
    await manager.poll();

    expect(await servingIds(context)).toHaveLength(3);
  });
});
