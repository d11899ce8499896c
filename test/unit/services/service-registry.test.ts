import { beforeEach, describe, expect, test } from '@jest/globals';
import { listServices } from '../../../lambdas/services/list-services.ts';
import type { ServiceDocument } from '../../../lambdas/services/service-document.ts';
import { ServicePage } from '../../../lambdas/services/service-page.ts';
import { ServiceRegistry } from '../../../lambdas/services/service-registry.ts';
import { ConflictError, TooLargeError, ValidationError } from '../../../lambdas/shared/errors.ts';
import { clockAt, START, type TestClock } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { MemoryServiceStore } from '../../support/memory-service-store.ts';
import { aService } from '../../support/services.ts';

let store: MemoryServiceStore;
let clock: TestClock;
let registry: ServiceRegistry;
beforeEach(() => {
  store = new MemoryServiceStore();
  clock = clockAt();
  registry = new ServiceRegistry(store, clock);
});

const ORIGIN = 's3://bucket/manifests/github/server.json';

describe('a service that is put', () => {
  test('is created, then unchanged, then updated', async () => {
    expect(await registry.put(aService(), ORIGIN)).toBe('created');
    clock.advance(1_000);
    expect(await registry.put(aService(), ORIGIN)).toBe('unchanged');
    expect(await store.get('github')).toMatchObject({ updatedAt: new Date(START).toISOString() });
    expect(await registry.put(aService({ version: '2' }), ORIGIN)).toBe('updated');
    expect(await store.get('github')).toEqual({
      document: aService({ version: '2' }),
      origin: ORIGIN,
      updatedAt: new Date(START + 1_000).toISOString(),
    });
  });

  test('is written only where it has changed', async () => {
    await registry.put(aService(), ORIGIN);
    await registry.put(aService(), ORIGIN);

    expect(store.calls.put).toBe(1);
  });

  test('is refused where another origin declares it, even the very same', async () => {
    await registry.put(aService(), ORIGIN);

    expect(await rejectionOf(registry.put(aService(), 'elsewhere'))).toBeInstanceOf(ConflictError);
    expect(await store.get('github')).toMatchObject({ origin: ORIGIN });
  });

  test('is refused where it is no service, or too large a one', async () => {
    const large = Array.from({ length: 256 }, (_, n) => `${n}${'x'.repeat(250)}`);
    const address = `https://example.com/${'x'.repeat(1_000)}`;

    expect(await rejectionOf(registry.put(aService({ id: '../x' }), ORIGIN))).toBeInstanceOf(ValidationError);
    expect(await rejectionOf(registry.put(aService({ requires: large, repository: address }), ORIGIN))).toBeInstanceOf(
      TooLargeError,
    );
    expect(store.calls.put).toBe(0);
  });

  const answeringAt = (...urls: string[]) =>
    aService({ endpoints: urls.map((url) => ({ type: 'streamable-http', url })) });

  test('is refused where it answers within our own network, by the field that says so', async () => {
    const service = answeringAt('https://mcp.example.com/', 'http://169.254.169.254/latest', 'https://localhost/');
    const refused = await rejectionOf(registry.put(service, ORIGIN));

    expect(refused).toBeInstanceOf(ValidationError);
    expect(refused).toMatchObject({
      errors: [
        { field: 'endpoints.1.url', rule: 'forbiddenAddress' },
        { field: 'endpoints.2.url', rule: 'forbiddenAddress' },
      ],
    });
    expect(await store.get('github')).toBeUndefined();
  });

  test('may answer where the stage says so', async () => {
    const open = new ServiceRegistry(store, clock, ['10.0.0.5:8080', 'mcp.corp']);

    expect(await open.put(answeringAt('http://10.0.0.5:8080/mcp', 'http://mcp.corp/'), ORIGIN)).toBe('created');
    expect(await rejectionOf(open.put(answeringAt('http://10.0.0.6/'), ORIGIN))).toBeInstanceOf(ValidationError);
  });

  test('is removed by its origin alone', async () => {
    await registry.put(aService(), ORIGIN);

    expect(await registry.remove('github', 'elsewhere')).toBe(false);
    expect(await registry.remove('github', ORIGIN)).toBe(true);
    expect(await registry.remove('github', ORIGIN)).toBe(false);
  });
});

describe('what an agent calls a service', () => {
  const put = async (...services: Partial<ServiceDocument>[]) => {
    for (const [n, service] of services.entries()) await registry.put(aService(service), `origin-${n}`);
  };
  const found = async (name: string) => (await registry.find(name))?.id;

  test('may be its id, its name, or the last part of its name', async () => {
    await put({ id: 'one', name: 'io.github.acme/weather' });

    expect(await found('one')).toBe('one');
    expect(await found('io.github.acme/weather')).toBe('one');
    expect(await found('weather')).toBe('one');
    expect(await found('Weather ')).toBe('one');
    expect(await found('acme/weather')).toBeUndefined();
    expect(await found('io.github.acme')).toBeUndefined();
    expect(await found('')).toBeUndefined();
  });

  test('is its id before its name, and its name before a part of one', async () => {
    await put({ id: 'a', name: 'b' }, { id: 'b', name: 'x/c' }, { id: 'd', name: 'c' });

    expect(await found('b')).toBe('b');
    expect(await found('c')).toBe('d');
  });

  test('means nothing where it means several', async () => {
    await put({ id: 'one', name: 'acme/weather' }, { id: 'two', name: 'corp/weather' });
    await put({ id: 'three', name: 'same' }, { id: 'four', name: 'Same' });

    expect(await found('weather')).toBeUndefined();
    expect(await found('corp/weather')).toBe('two');
    expect(await found('same')).toBeUndefined();
  });

  test('does not mean what its source has deleted', async () => {
    await put({ id: 'old', name: 'acme/weather', status: 'deleted' }, { id: 'new', name: 'corp/weather' });

    expect(await found('old')).toBeUndefined();
    expect(await found('weather')).toBe('new');
  });

  test('is found many times by reading once', async () => {
    await put(...Array.from({ length: 20 }, (_, n) => ({ id: `s${n}`, name: `acme/service-${n}` })));
    const before = store.calls.pages;

    const snapshot = await registry.snapshot();
    const ids = Array.from({ length: 1_000 }, (_, n) => snapshot.find(`service-${n % 20}`)?.id);

    expect(new Set(ids).size).toBe(20);
    expect(store.calls.pages).toBe(before + 1);
  });
});

describe('the list of services', () => {
  const fill = async (count: number, overrides: Partial<ServiceDocument> = {}) => {
    for (let n = 0; n < count; n += 1) {
      await registry.put(aService({ ...overrides, id: `s-${String(n).padStart(3, '0')}` }), ORIGIN);
    }
  };
  const walk = async (limit: string) => {
    const pages: ServicePage[] = [];
    let cursor: string | undefined;
    do {
      const page = await listServices(registry, { limit, ...(cursor && { cursor }) });
      pages.push(page);
      cursor = page.nextCursor;
    } while (cursor);
    return pages;
  };

  test('tells what each is, who declares it and since when', async () => {
    await registry.put(aService(), ORIGIN);

    expect(await listServices(registry, {})).toEqual({
      services: [{ ...aService(), origin: ORIGIN, updatedAt: '2026-11-21T10:00:00.000Z' }],
    });
  });

  test.each([
    ['1', 7],
    ['3', 3],
    ['6', 2],
    ['7', 1],
    ['500', 1],
  ])('is walked in pages of %s', async (limit, pages) => {
    await fill(7);

    const walked = await walk(limit);

    expect(walked.flatMap(({ services }) => services.map(({ id }) => id))).toEqual(
      Array.from({ length: 7 }, (_, n) => `s-00${n}`),
    );
    expect(walked).toHaveLength(pages);
  });

  test('has pages of 100', async () => {
    await fill(101);

    expect((await listServices(registry, {})).services).toHaveLength(100);
  });

  test('ends a page before an answer becomes too large, and loses nothing', async () => {
    await fill(250, { description: '€'.repeat(16_000) });

    const walked = await walk('500');

    expect(walked.length).toBeGreaterThan(1);
    expect(walked.flatMap(({ services }) => services)).toHaveLength(250);
    for (const page of walked) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(5 * 1024 * 1024);
  });

  test('is empty where there are none', async () => {
    expect(await listServices(registry, {})).toEqual({ services: [] });
  });

  test.each([
    [{ limit: '0' }, 'limit', 'range'],
    [{ limit: '501' }, 'limit', 'range'],
    [{ limit: 'x' }, 'limit', 'range'],
    [{ cursor: '' }, 'cursor', 'cursor'],
    [{ cursor: 'abc' }, 'cursor', 'cursor'],
    [{ offset: '1' }, 'offset', 'unknownParameter'],
  ])('refuses %j', async (query, field, rule) => {
    expect(await rejectionOf(listServices(registry, query))).toMatchObject({ status: 400, errors: [{ field, rule }] });
  });

  test('refuses a cursor that was changed', async () => {
    await fill(2);
    const { nextCursor = '' } = await listServices(registry, { limit: '1' });
    const changed = (nextCursor.startsWith('A') ? 'B' : 'A') + nextCursor.slice(1);

    expect(await rejectionOf(listServices(registry, { cursor: changed }))).toBeInstanceOf(ValidationError);
  });

  test('has a schema with a name for each part', () => {
    expect(ServicePage).toMatchObject({
      title: 'ServicePage',
      properties: { services: { items: { title: 'Service' } } },
    });
  });
});
