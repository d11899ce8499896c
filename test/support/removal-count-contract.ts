import { expect, test } from '@jest/globals';
import { AT_ONCE_MS } from '../../lambdas/discovery/removal-guard.ts';
import type { RemovalCount } from '../../lambdas/discovery/vanished-manifests.ts';
import { START } from './agents.ts';

/** What every {@link RemovalCount} keeps to. `make` gives one that has counted nothing, as many processes have it. */
export function removalCountContract(make: () => Promise<() => RemovalCount>): void {
  test('counts nothing before the first', async () => {
    const of = await make();

    expect(await of().recent(START)).toBe(0);
  });

  test('lets as many go as there may, and no more, over all processes', async () => {
    const of = await make();
    const allowed: boolean[] = [];
    for (let n = 0; n < 5; n += 1) allowed.push(await of().take(3, START + n));

    expect(allowed).toEqual([true, true, true, false, false]);
    expect(await of().recent(START + 5)).toBe(3);
  });

  test('lets more go when there may be more', async () => {
    const of = await make();
    for (let n = 0; n < 3; n += 1) await of().take(2, START);

    expect(await of().take(3, START)).toBe(true);
    expect(await of().recent(START)).toBe(3);
  });

  test('begins anew a minute after the first', async () => {
    const of = await make();
    await of().take(1, START);
    expect(await of().take(1, START + AT_ONCE_MS - 1)).toBe(false);
    expect(await of().recent(START + AT_ONCE_MS - 1)).toBe(1);

    expect(await of().recent(START + AT_ONCE_MS)).toBe(0);
    expect(await of().take(1, START + AT_ONCE_MS)).toBe(true);
    expect(await of().take(1, START + AT_ONCE_MS)).toBe(false);
  });

  test('counts every one of many at once', async () => {
    const of = await make();
    const allowed = await Promise.all(Array.from({ length: 12 }, () => of().take(5, START)));

    expect(allowed.filter(Boolean)).toHaveLength(5);
    expect(await of().recent(START)).toBe(5);
  });
}
