import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HotReloadManager } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { aManifest, type Followed, following, keyOf, served, servingIds } from '../../support/hot-reload.ts';
import { EDITED, historyOf, STABLE, someWork, theEndOf } from '../../support/hot-reload-world.ts';
import { Stepped, stepping } from '../../support/stepped.ts';

const KEY = keyOf('a');
const OLD = aManifest('a', { version: '1' });
const NEW = aManifest('a', { version: '2' });

/** A registry that serves the old version of one agent among others. */
async function aRegistry(): Promise<Followed> {
  const followed = following();
  followed.source.put(KEY, OLD);
  for (const id of ['p', 'q', 'r', 's']) followed.source.put(keyOf(id), aManifest(id));
  await followed.manager.poll();
  return followed;
}

/** A poll that stands still before the first call of this name, and what lets it come to its end. */
async function aPollBefore(call: string, { ports }: Followed): Promise<() => Promise<void>> {
  const stepped = new Stepped();
  let arrived = false;
  const turn = (name: string) => {
    arrived ||= name === call;
    return stepped.turn();
  };
  const slow = <Port extends object>(port: Port, plain: readonly string[] = []) => stepping(port, turn, plain);
  const manager = new HotReloadManager({
    ...ports,
    source: slow(ports.source, ['originOf', 'idOf']),
    layers: slow(ports.layers),
  });
  stepped.start(() => manager.poll());
  while (!arrived) if (!(await stepped.step())) throw new Error(`The poll never came to ${call}`);
  return async () => {
    while (await stepped.step());
  };
}

describe('a manifest that goes back to what it was while a slow poll holds the version between', () => {
  test('serves as it is now after the next poll', async () => {
    const followed = await aRegistry();
    const { context, source, manager } = followed;
    source.put(KEY, NEW);
    const end = await aPollBefore('put', followed);
    context.clock.advance(1_000);
    source.put(KEY, OLD);
    await manager.settle([KEY]);
    await end();
    await manager.poll();

    expect(await served(context, 'a')).toMatchObject({ version: '1' });
  });
});

describe('a manifest that comes back as it was while a slow poll removes its agent', () => {
  test('serves after the next poll', async () => {
    const followed = await aRegistry();
    const { context, source, manager } = followed;
    source.delete(KEY);
    await manager.poll();
    const end = await aPollBefore('remove', followed);
    context.clock.advance(1_000);
    source.put(KEY, OLD);
    await manager.settle([KEY]);
    await end();
    await manager.poll();

    expect(await servingIds(context)).toContain('a');
  });
});

describe('polls and events at once, while a manifest goes back and forth', () => {
  test('end in what the source says', async () => {
    const history = historyOf(['put', 'back', 'back', 'delete']);
    await fc.assert(
      fc.asyncProperty(someWork, history, async (works, happenings) => {
        const { context, source } = await theEndOf(works, happenings);

        const text = source.text(keyOf(EDITED));
        if (text === '') expect(await servingIds(context)).toEqual(STABLE);
        else expect(await served(context, EDITED)).toMatchObject({ version: JSON.parse(text).version });
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});
