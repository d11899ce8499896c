import { beforeEach, expect, test } from '@jest/globals';
import type { ServiceStore, StoredService } from '../../lambdas/services/service-store.ts';
import { PreconditionFailedError } from '../../lambdas/shared/errors.ts';
import { rejectionOf } from './errors.ts';
import { aService } from './services.ts';

const stored = (id: string, overrides: Partial<StoredService> = {}): StoredService => ({
  document: aService({ id, description: 'Café: "quoted", 100 %\n' }),
  origin: `s3://b/manifests/${id}/server.json`,
  updatedAt: '2026-11-21T10:00:00.000Z',
  ...overrides,
});

/** What every {@link ServiceStore} keeps to. `make` gives an empty one. */
export function serviceStoreContract(make: () => Promise<ServiceStore>): void {
  let store: ServiceStore;
  beforeEach(async () => {
    store = await make();
  });

  const idsAfter = async (after?: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const page of store.pages(after)) ids.push(...page.map(({ document }) => document.id));
    return ids;
  };

  test('gives back what was put, as it was', async () => {
    await store.put(stored('a'), undefined);

    expect(await store.get('a')).toEqual(stored('a'));
    expect(await store.get('b')).toBeUndefined();
  });

  test('keeps what is said in the place of what was read', async () => {
    await store.put(stored('a'), undefined);
    const later = stored('a', { document: aService({ id: 'a' }), updatedAt: '2026-11-21T10:00:01.000Z' });
    await store.put(later, stored('a'));

    expect(await store.get('a')).toEqual(later);
  });

  test.each([
    ['nothing', undefined],
    ["another's", stored('a', { origin: 'elsewhere' })],
    ['an older one', stored('a', { updatedAt: '2026-11-21T09:00:00.000Z' })],
  ])('refuses to write or remove where %s was read', async (_, read) => {
    await store.put(stored('a'), undefined);

    expect(await rejectionOf(store.put(stored('a', { origin: 'new' }), read))).toBeInstanceOf(PreconditionFailedError);
    if (read) expect(await rejectionOf(store.remove(read))).toBeInstanceOf(PreconditionFailedError);
    expect(await store.get('a')).toEqual(stored('a'));
  });

  test('gives one of two origins the id when both ask at once', async () => {
    const put = (origin: string) => store.put(stored('a', { origin }), undefined);
    const outcomes = await Promise.allSettled(['one', 'two', 'three', 'four'].map(put));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('frees the id of what was removed', async () => {
    await store.put(stored('a'), undefined);
    await store.remove(stored('a'));
    expect(await store.get('a')).toBeUndefined();

    await store.put(stored('a', { origin: 'elsewhere' }), undefined);
    expect(await store.get('a')).toMatchObject({ origin: 'elsewhere' });
  });

  test('pages through all of them in the order of their ids', async () => {
    const ids = ['b.c', '0', 'z', 'a-b', 'a', 'b_c', 'a.b', 'ab'];
    for (const id of ids) await store.put(stored(id), undefined);

    expect(await idsAfter()).toEqual(['0', 'a', 'a-b', 'a.b', 'ab', 'b.c', 'b_c', 'z']);
    expect(await idsAfter('a.b')).toEqual(['ab', 'b.c', 'b_c', 'z']);
    expect(await idsAfter('aa')).toEqual(['ab', 'b.c', 'b_c', 'z']);
    expect(await idsAfter('z')).toEqual([]);
  });

  test('pages through more than one page holds', async () => {
    const description = 'x'.repeat(16_000);
    const ids = Array.from({ length: 80 }, (_, n) => `service-${String(n).padStart(2, '0')}`);
    for (const id of ids) await store.put(stored(id, { document: aService({ id, description }) }), undefined);

    expect(await idsAfter()).toEqual(ids);
  });

  test('has no pages when it is empty', async () => {
    expect(await idsAfter()).toEqual([]);
  });
}
