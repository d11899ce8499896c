import { describe, expect, test } from '@jest/globals';
import { registerAgent } from '../../../../lambdas/agents/register-agent.ts';
import { decodeBase, encodeBase, type IndexBase } from '../../../../lambdas/capability/base/base-codec.ts';
import type { BaseStore } from '../../../../lambdas/capability/base/base-store.ts';
import {
  BASE_EVERY_CHANGES,
  BASE_EVERY_MS,
  buildBase,
  rebuildBase,
} from '../../../../lambdas/capability/base/build-base.ts';
import { startCopy } from '../../../../lambdas/capability/index-copy.ts';
import { aContext, aDocument, START } from '../../../support/agents.ts';
import { aBase, agentsOf } from '../../../support/index-bases.ts';

const copyOf = (base: IndexBase | undefined) => base && decodeBase(encodeBase(base));

function aBuilder() {
  const { store, clock, ...context } = aContext();
  const kept: IndexBase[] = [];
  const bases: BaseStore = {
    // A reader goes on with the index that it gets.
    newest: async () => copyOf(kept.at(-1)),
    write: async (base) => {
      kept.push(base);
      return true;
    },
  };
  const register = async (count: number, name: string) => {
    for (let n = 0; n < count; n += 1) {
      const document = aDocument({ id: `${name}-${n}`, name: `${name}-${n}` });
      await registerAgent({ ...context, store, clock }, { document, actor: 'tester' });
    }
  };
  return { builder: { changes: store, heads: store, bases, clock }, kept, clock, register };
}

describe('a base', () => {
  test('is due where there is none', async () => {
    const { builder, kept, register } = aBuilder();
    await register(2, 'a');

    expect(await buildBase(builder)).toMatchObject({ written: true, agents: 2, age: 0 });
    expect(agentsOf(kept[0])).toEqual(['a-0', 'a-1']);
  });

  test('is due again after a day, and not before', async () => {
    const { builder, clock } = aBuilder();
    await buildBase(builder);
    clock.advance(BASE_EVERY_MS - 1);
    expect(await buildBase(builder)).toMatchObject({ written: false, age: BASE_EVERY_MS - 1 });
    clock.advance(1);
    expect(await buildBase(builder)).toMatchObject({ written: true, age: 0 });
  });

  test('is due again after many changes, and not before', async () => {
    const { builder, clock, register } = aBuilder();
    await buildBase(builder);
    clock.advance(120_000);
    await register(BASE_EVERY_CHANGES, 'a');
    expect(await buildBase(builder)).toMatchObject({ written: false, news: BASE_EVERY_CHANGES });
    await register(1, 'b');
    expect(await buildBase(builder)).toMatchObject({ written: true, agents: BASE_EVERY_CHANGES + 1 });
  });

  test('is built from the one before and the log', async () => {
    const { builder, kept, clock, register } = aBuilder();
    kept.push(aBase(['only-in-the-base'], { newest: START - 60_000 }));
    clock.advance(BASE_EVERY_MS);
    await register(1, 'new');
    await buildBase(builder);

    expect(agentsOf(kept.at(-1))).toEqual(['new-0', 'only-in-the-base']);
  });

  test('is repaired from the table, whatever the one before says', async () => {
    const { builder, kept, register } = aBuilder();
    await register(1, 'true');
    kept.push(aBase(['false']));

    expect(await rebuildBase(builder)).toMatchObject({ written: true, agents: 1 });
    expect(agentsOf(kept.at(-1))).toEqual(['true-0']);
  });

  test('is where a cold reader starts; the list of heads is not read then', async () => {
    const { builder, kept } = aBuilder();
    kept.push(aBase(['a'], { newest: START - 60_000 }));
    const heads = {
      // biome-ignore lint/correctness/useYield: it must not be asked
      async *readAll() {
        throw new Error('the heads were read');
      },
    };

    expect((await startCopy({ ...builder, heads }, START)).view.get('a')).toBeDefined();
  });
});
