import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFeed } from '../../../lambdas/agents/change-feed.ts';
import type { BaseStore } from '../../../lambdas/capability/base/base-store.ts';
import { buildBase, rebuildBase } from '../../../lambdas/capability/base/build-base.ts';
import { held, IndexWorld, usable } from '../../support/index-world.ts';

type Step = (world: IndexWorld) => Promise<unknown>;
const agent = fc.constantFrom('a', 'b', 'c');
/** Mostly right; some late by up to 40 s, some ahead by up to 20. */
const skew = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  fc.integer({ min: -40_000, max: 0 }),
  fc.integer({ min: 0, max: 20_000 }),
);

const write = fc
  .tuple(agent, fc.constantFrom('register', 'update', 'remove'), fc.integer({ min: 1, max: 10 }), skew)
  .map(
    ([id, what, priority, off]): Step =>
      (world) =>
        world.write(id, what as 'register', priority, off),
  );
/** Seconds mostly; sometimes so long that a new base is due. */
const wait = fc
  .oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 30_000 }) }, fc.constant(25 * 60 * 60 * 1_000))
  .map(
    (time): Step =>
      async (world) =>
        world.clock.advance(time),
  );
const deliver = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()).map(
  ([count, repeat]): Step =>
    (world) =>
      world.stream(count, repeat),
);
const join = fc.boolean().map(
  (withBase): Step =>
    async (world) => {
      const reader = world.reader(withBase ? world.bases : undefined);
      world.followers.push(reader);
      await reader.fresh();
    },
);
const look = fc.nat().map(
  (n): Step =>
    async (world) =>
      world.followers[n % Math.max(1, world.followers.length)]?.fresh(),
);
const base = fc.tuple(fc.boolean(), fc.constantFrom(0, 0, 0, 5_000, 30_000, 3_600_000, -3_600_000)).map(
  ([anew, skew]): Step =>
    (world) =>
      anew ? rebuildBase(world.builder(skew)) : buildBase(world.builder(skew)),
);

const history = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: write },
    { weight: 3, arbitrary: wait },
    { weight: 3, arbitrary: deliver },
    join,
    look,
    base,
  ),
  {
    minLength: 5,
    maxLength: 60,
  },
);

describe('after any history of late, repeated and reordered changes', () => {
  test('readers that start from any base, from none, or that followed all along hold what is true', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const world = new IndexWorld();
        for (const step of steps) await step(world);
        await world.settle();
        // The schedule goes on: a base from a wrong clock does not stay.
        await buildBase(world.builder(0));

        const truth = await world.truth();
        expect(await held(world.reader(world.bases))).toEqual(truth);
        expect(await held(world.reader())).toEqual(truth);
        for (const follower of world.followers) expect(await held(follower)).toEqual(truth);
        for (const encoded of world.bases.all) {
          const from: BaseStore = { newest: async (now) => usable(encoded, now), write: async () => false };
          expect(await held(world.reader(from))).toEqual(truth);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the feed shows every revision, and an agent ends with its newest', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const world = new IndexWorld();
        const seen: { agentId: string; revision: number }[] = [];
        let cursor: string | undefined;
        const follow = async () => {
          const page = await readFeed(world.store, world.clock, { since: cursor, limit: 3 });
          cursor = page.cursor;
          seen.push(...page.changes);
          return page.changes.length;
        };
        for (const step of steps) {
          await step(world);
          await follow();
        }
        await world.settle();
        world.clock.advance(60_000);
        while ((await follow()) > 0);

        const { heads } = world.store.snapshot();
        for (const { id, revision } of heads) {
          const shown = seen.filter(({ agentId }) => agentId === id).map((change) => change.revision);
          expect(new Set(shown)).toEqual(new Set(Array.from({ length: revision }, (_, n) => n + 1)));
          expect(shown.at(-1)).toBe(revision);
        }
      }),
      { numRuns: 300 },
    );
  });
});
