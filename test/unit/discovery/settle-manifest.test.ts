import { describe, expect, test } from '@jest/globals';
import { settleManifest } from '../../../lambdas/discovery/settle-manifest.ts';
import { aManifest, following, keyOf, served, servingIds } from '../../support/hot-reload.ts';
import type { SourceCall } from '../../support/memory-manifest-source.ts';

const KEY = keyOf('a');
const version = (number: number) => aManifest('a', { version: `${number}` });

/** A registry that serves version 1 beside others. */
async function aRegistry() {
  const followed = following();
  followed.source.put(KEY, version(1));
  for (const id of ['p', 'q', 'r']) followed.source.put(keyOf(id), aManifest(id));
  await followed.manager.poll();
  followed.source.calls.length = 0;
  followed.changes.length = 0;
  return followed;
}

type Registry = Awaited<ReturnType<typeof aRegistry>>;

/** Lets something happen right after the answer of the n-th call of this kind. */
function rightAfter({ source }: Registry, call: SourceCall, nth: number, happens: () => void | Promise<void>): void {
  let asked = 0;
  source.hook = (made) => {
    // Asked twice by each call: before its effect and after it.
    if (made !== call) return undefined;
    asked += 1;
    return asked === nth * 2 ? happens() : undefined;
  };
}

describe('an object that moves while its event is handled', () => {
  test.each<[string, SourceCall, number]>([
    ['it was looked at', 'head', 1],
    ['it was read', 'fetch', 1],
  ])('and changes after %s is served in its newest state by that event alone', async (_, call, nth) => {
    const registry = await aRegistry();
    const { source, manager, context } = registry;
    source.put(KEY, version(2));
    rightAfter(registry, call, nth, () => {
      context.clock.advance(1);
      source.put(KEY, version(3));
    });

    expect((await manager.settle([KEY])).size).toBe(0);
    expect(await served(context, 'a')).toMatchObject({ version: '3' });
    source.hook = () => undefined;
    source.calls.length = 0;
    await manager.poll();
    expect(source.calls).toEqual([['list', '']]);
  });

  test('and goes after it was read is gone by that event alone', async () => {
    const registry = await aRegistry();
    const { source, manager, context, changes } = registry;
    source.put(KEY, version(2));
    rightAfter(registry, 'fetch', 1, () => source.delete(KEY));
    await manager.settle([KEY]);

    expect(await servingIds(context)).toEqual(['p', 'q', 'r']);
    expect(changes.map(({ type }) => type)).toEqual(['updated', 'removed']);
  });

  test('and comes back after it was found gone is there by that event alone', async () => {
    const registry = await aRegistry();
    const { source, manager, context } = registry;
    source.delete(KEY);
    // It is looked at once for the event, and once more before its agent is taken away.
    rightAfter(registry, 'head', 2, () => source.put(KEY, version(2)));
    await manager.settle([KEY]);

    expect(await served(context, 'a')).toMatchObject({ version: '2' });
  });

  test('and never stands still is left to the poll after five rounds', async () => {
    const registry = await aRegistry();
    const { source, manager, context } = registry;
    let n = 1;
    source.hook = (call) => {
      if (call !== 'head') return;
      n += 1;
      context.clock.advance(1);
      source.put(KEY, version(n));
    };
    expect((await manager.settle([KEY])).size).toBe(0);
    expect(source.count('head')).toBeLessThanOrEqual(10);
    source.hook = () => undefined;
    await manager.poll();

    expect(await served(context, 'a')).toMatchObject({ version: `${n}` });
  });
});

describe('an agent that another process wrote while the event of its deletion was handled', () => {
  test('goes by that event alone: its manifest is gone', async () => {
    const registry = await aRegistry();
    const { source, manager, context, ports } = registry;
    source.delete(KEY);
    rightAfter(registry, 'head', 2, async () => {
      // A slow poll lays what it read before the deletion.
      context.clock.advance(1);
      const tag = (await ports.layers.current('a'))?.tag ?? null;
      const document = { name: 'Agent a', version: '2' };
      await ports.layers.put({ id: 'a', origin: source.originOf(KEY), document }, tag);
    });
    expect((await manager.settle([KEY])).size).toBe(0);

    expect(await servingIds(context)).toEqual(['p', 'q', 'r']);
  });
});

describe('what an event leads to', () => {
  test('tells whether anything was written for it: others may have looked at the same at once', async () => {
    const { ports, source, snapshots, context } = await aRegistry();
    const settle = async () => (await settleManifest(ports, snapshots.snapshot, KEY)).entry;
    expect(await settle()).toMatchObject({ wrote: false });
    source.put(KEY, version(2));
    expect(await settle()).toMatchObject({ wrote: true, to: { version: '2' } });
    context.clock.advance(1);
    source.delete(KEY);

    expect(await settle()).toMatchObject({ wrote: true, to: undefined });
  });
});
