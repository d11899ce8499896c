import { beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceCache } from '../../../lambdas/services/service-cache.ts';
import { ServiceRegistry } from '../../../lambdas/services/service-registry.ts';
import { PreconditionFailedError } from '../../../lambdas/shared/errors.ts';
import { clockAt, type TestClock } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { MemoryServiceStore } from '../../support/memory-service-store.ts';
import { aService } from '../../support/services.ts';

let store: MemoryServiceStore;
let clock: TestClock;
let registry: ServiceRegistry;
let cache: ServiceCache;
beforeEach(() => {
  store = new MemoryServiceStore();
  clock = clockAt();
  registry = new ServiceRegistry(store, clock);
  cache = new ServiceCache(registry, clock);
});

const versionOf = async (name = 'github') => (await cache.find(name))?.version;

describe('names of services', () => {
  test('are found from one reading for two seconds, however many are asked for', async () => {
    await registry.put(aService({ version: '1' }), 'o');
    await Promise.all(Array.from({ length: 1_000 }, () => cache.find('github')));
    clock.advance(2_000);
    await registry.put(aService({ version: '2' }), 'o');
    expect([await versionOf(), store.calls.pages]).toEqual(['1', 1]);
    clock.advance(1);

    expect([await versionOf(), store.calls.pages]).toEqual(['2', 2]);
  });

  test('are found anew after a change of our own', async () => {
    expect(await cache.find('github')).toBeUndefined();
    expect(await cache.put(aService({ version: '1' }), 'o', null)).toBe('created');
    expect(await versionOf()).toBe('1');
    const { tag = '' } = (await cache.current('github')) ?? {};
    expect(await cache.remove({ id: 'github', origin: 'o' }, tag)).toBe('deregistered');

    expect(await cache.find('github')).toBeUndefined();
  });

  test('are asked for again when the list could not be read', async () => {
    await registry.put(aService({ version: '1' }), 'o');
    const { snapshot } = registry;
    registry.snapshot = async () => {
      throw new Error('busy');
    };
    expect(await rejectionOf(cache.find('github'))).toMatchObject({ message: 'busy' });
    registry.snapshot = snapshot;

    expect(await versionOf()).toBe('1');
  });
});

describe('a service that is taken away', () => {
  test('must be the one that was read', async () => {
    await cache.put(aService(), 'o', null);
    const remove = cache.remove({ id: 'github', origin: 'o' }, '1970-01-01T00:00:00.000Z');

    expect(await rejectionOf(remove)).toBeInstanceOf(PreconditionFailedError);
  });

  test('is absent where there was none, or is another origin’s', async () => {
    expect(await cache.remove({ id: 'github', origin: 'o' }, null)).toBe('absent');
    await cache.put(aService(), 'o', null);
    const { tag = '' } = (await cache.current('github')) ?? {};

    expect(await cache.remove({ id: 'github', origin: 'other' }, tag)).toBe('absent');
    expect(await cache.remove({ id: 'github', origin: 'o' }, null)).toBe('absent');
    expect(await cache.find('github')).toBeDefined();
  });
});
