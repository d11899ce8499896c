import { describe, expect, test } from '@jest/globals';
import type { HotReloadPorts } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { HotReloadManager } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { ServiceCache } from '../../../lambdas/services/service-cache.ts';
import { ServiceRegistry } from '../../../lambdas/services/service-registry.ts';
import { aManifest, following, keyOf, readJson, served, servingIds } from '../../support/hot-reload.ts';
import { MemoryManifestSource } from '../../support/memory-manifest-source.ts';
import { MemoryServiceStore } from '../../support/memory-service-store.ts';
import { aService } from '../../support/services.ts';

const SERVICE_KEY = 'manifests/github/server.json';

/** What says `service` is one, whatever its key; all else is read as an agent. */
const read: HotReloadPorts['read'] = (key, content, origin) => {
  const { service } = JSON.parse(Buffer.from(content).toString()) as { service?: object };
  return service ? { verdict: 'service', service: aService(service) } : readJson(key, content, origin);
};

/** A registry with a list of services. */
function aRegistry(source = new MemoryManifestSource()) {
  const followed = following({ source });
  const services = new ServiceRegistry(new MemoryServiceStore(), followed.context.clock);
  const ports = { ...followed.ports, read, services: new ServiceCache(services, followed.context.clock) };
  const manager = new HotReloadManager(ports);
  const listed = async () => (await services.list({ limit: 10 })).services.map(({ document }) => document);
  return { ...followed, manager, listed };
}

describe('what a key says of a manifest', () => {
  test('is its kind: a service comes in server.json, an agent in manifest.json', async () => {
    const { source, manager, context, listed } = aRegistry();
    source.put(SERVICE_KEY, { service: {} });
    source.put(keyOf('a'), aManifest('a'));

    expect(await manager.poll()).toMatchObject({ outcome: 'done', failed: 0 });
    expect(await servingIds(context)).toEqual(['a']);
    expect(await listed()).toMatchObject([{ id: 'github' }]);
  });

  test.each([
    ['an agent in server.json', SERVICE_KEY, aManifest('github')],
    ['a service in manifest.json', keyOf('a'), { service: { id: 'a' } }],
  ])('is held against what it says: %s is refused', async (_, key, manifest) => {
    const { source, manager, context, listed, snapshots } = aRegistry();
    source.put(SERVICE_KEY, { service: {} });
    source.put(keyOf('a'), aManifest('a'));
    await manager.poll();
    source.put(key, manifest);

    // Refused once and for all, not looked at again and again.
    for (let poll = 0; poll < 2; poll += 1) expect(await manager.poll()).toMatchObject({ outcome: 'done', failed: 1 });
    expect(snapshots.snapshot.entries[key]?.problem).toMatchObject({
      step: 'syntax_validation',
      errors: [{ rule: 'kind' }],
    });
    expect(await servingIds(context)).toEqual(['a']);
    expect(await listed()).toMatchObject([{ id: 'github' }]);
  });

  test('is not its kind in a folder: a file may be called server.json and describe an agent', async () => {
    const { source, manager, context } = aRegistry(new MemoryManifestSource({ source: 'filesystem', idsByKey: false }));
    source.put('docs/server.json', aManifest('a'));
    await manager.poll();
    source.put('docs/server.json', aManifest('a', { version: '2.0.0' }));

    expect(await manager.poll()).toMatchObject({ outcome: 'done' });
    expect(await served(context, 'a')).toMatchObject({ version: '2.0.0' });
  });
});

describe('a service', () => {
  test('that changes, breaks and goes is followed like an agent', async () => {
    const { source, manager, listed } = aRegistry();
    for (const id of ['p', 'q', 'r', 's']) source.put(keyOf(id), aManifest(id));
    source.put(SERVICE_KEY, { service: {} });
    await manager.poll();
    source.put(SERVICE_KEY, { service: { version: '2' } });
    await manager.settle([SERVICE_KEY]);
    expect(await listed()).toMatchObject([{ version: '2' }]);
    source.put(SERVICE_KEY, { service: { name: '' } });
    expect(await manager.poll()).toMatchObject({ failed: 1 });
    expect(await listed()).toMatchObject([{ version: '2' }]);
    source.delete(SERVICE_KEY);
    for (let poll = 0; poll < 2; poll += 1) await manager.poll();

    expect(await listed()).toEqual([]);
  });

  test('that an agent of the same poll depends on is there before it', async () => {
    const services = new ServiceRegistry(new MemoryServiceStore(), following().context.clock);
    const cache = new ServiceCache(services, following().context.clock);
    const followed = following({ validation: { findService: (name) => cache.find(name), unresolved: 'refuse' } });
    const manager = new HotReloadManager({ ...followed.ports, read, services: cache });
    followed.source.put(keyOf('a'), aManifest('a', { config: { mcpServers: ['github'] } }));
    followed.source.put(SERVICE_KEY, { service: {} });

    expect(await manager.poll()).toMatchObject({ outcome: 'done', failed: 0 });
  });
});

describe('a file that now describes another agent', () => {
  test('leaves the one before, which goes', async () => {
    const { source, manager, context } = aRegistry(new MemoryManifestSource({ source: 'filesystem', idsByKey: false }));
    source.put('x.json', aManifest('old'));
    await manager.poll();
    source.put('x.json', aManifest('new'));

    expect(await manager.poll()).toMatchObject({
      outcome: 'done',
      changes: [
        { type: 'added', agentId: 'new' },
        { type: 'removed', agentId: 'old' },
      ],
    });
    expect(await servingIds(context)).toEqual(['new']);
  });

  test('and cannot leave the one before at once, does so by the next poll', async () => {
    const source = new MemoryManifestSource({ source: 'filesystem', idsByKey: false });
    const followed = following({ source });
    const { ports, context } = followed;
    source.put('x.json', aManifest('old'));
    await followed.manager.poll();
    source.put('x.json', aManifest('new'));
    let refusals = 1;
    const { layers } = ports;
    const manager = new HotReloadManager({
      ...ports,
      layers: {
        current: (id) => layers.current(id),
        put: (...args) => layers.put(...args),
        remove: async (declared, tag) => {
          if (refusals > 0) {
            refusals -= 1;
            // Somebody else wrote the layer between its reading and its removal: the tag is another one.
            return layers.remove(declared, '"l-0000000000000000"');
          }
          return layers.remove(declared, tag);
        },
      },
    });
    await manager.poll();
    expect(await servingIds(context)).toEqual(['new', 'old']);
    await manager.poll();

    expect(await servingIds(context)).toEqual(['new']);
  });
});
