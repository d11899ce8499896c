import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeAgent } from '../../../lambdas/agents/agent.ts';
import type { AgentRecord } from '../../../lambdas/agents/agent-record.ts';
import type { Change } from '../../../lambdas/agents/change.ts';
import { readFeed } from '../../../lambdas/agents/change-feed.ts';
import type { WriteContext } from '../../../lambdas/agents/commit-loop.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { digestOf } from '../../../lambdas/agents/digest.ts';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { appendLate, isLate } from '../../../lambdas/agents/late-changes.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import type { AgentDirectory } from '../../../lambdas/capability/agent-directory.ts';
import { buildBase, rebuildBase } from '../../../lambdas/capability/build-base.ts';
import {
  type BaseStore,
  decodeBase,
  type EncodedBase,
  encodeBase,
  MAX_BASE_AHEAD_MS,
} from '../../../lambdas/capability/index-base.ts';
import type { IndexBase } from '../../../lambdas/capability/index-base-schema.ts';
import { WarmIndex } from '../../../lambdas/capability/warm-index.ts';
import { createUlidFactory } from '../../../lambdas/shared/ids.ts';
import { clockAt } from '../../support/agents.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';

/** A base as a reader finds it: one that cannot be used is none. */
function usable(encoded: EncodedBase | undefined, now: number): IndexBase | undefined {
  try {
    return encoded && decodeBase(encoded, now);
  } catch {
    return undefined;
  }
}

/** Bases in memory: every one that was ever written, and which is the newest. */
class MemoryBases implements BaseStore {
  readonly all: EncodedBase[] = [];
  current: (EncodedBase & { readonly asOf: number }) | undefined;

  async newest(now: number): Promise<IndexBase | undefined> {
    return usable(this.current, now);
  }

  async write(base: IndexBase, now: number): Promise<boolean> {
    const isFuture = (this.current?.asOf ?? 0) > now + MAX_BASE_AHEAD_MS;
    if (this.current && this.current.asOf >= base.asOf && !isFuture) return false;
    const encoded = encodeBase(base);
    this.current = { ...encoded, asOf: base.asOf };
    this.all.push(encoded);
    return true;
  }
}

/** A registry in which clocks disagree, the stream lags and repeats, and readers start at any time. */
class World {
  readonly clock = clockAt();
  readonly store = new MemoryAgentStore();
  readonly bases = new MemoryBases();
  readonly followers: WarmIndex[] = [];
  /** Entries that the stream has not delivered yet, with the time of their commit. */
  readonly #stream: { readonly change: Change; readonly committedAt: number }[] = [];
  readonly #streamed = new Set<string>();
  readonly #ids = createUlidFactory(this.clock);

  /** A writer whose clock is off by so many milliseconds: its entries' ids are late, or early. */
  #writer(skew: number): WriteContext {
    const policy = { allowedTools: ['*'], maxAgentMemory: Number.POSITIVE_INFINITY, allowedHosts: [] };
    const clock = { now: () => this.clock.now() + skew };
    return { store: this.store, clock, newUlid: createUlidFactory(clock), policy };
  }

  async write(id: string, what: 'register' | 'update' | 'remove', priority: number, skew: number): Promise<void> {
    const writer = this.#writer(skew);
    const capabilities = { core: [`can-${priority}`] };
    if (what === 'register')
      await registerAgent(writer, {
        document: { id, name: id, capabilities, conflictResolution: 'merge' },
        actor: 'w',
      });
    else if ((await this.store.head(id))?.deleted === false) {
      if (what === 'update')
        await updateAgent(writer, { id, patch: { config: { priority }, capabilities }, actor: 'w' });
      else await deregisterAgent(writer, { id, actor: 'w' });
    }
    this.#notice();
  }

  #notice(): void {
    for (const change of this.store.changes()) {
      if (this.#streamed.has(change.id)) continue;
      this.#streamed.add(change.id);
      // The stream tells whole seconds.
      this.#stream.push({ change, committedAt: Math.floor(this.clock.now() / 1_000) * 1_000 });
    }
  }

  /** Delivers part of the stream, some of it twice. */
  async stream(count: number, repeat: boolean): Promise<void> {
    const batch = repeat ? this.#stream.slice(0, count) : this.#stream.splice(0, count);
    for (const entry of batch) if (isLate(entry)) await appendLate(entry, this.store, this.#ids);
    this.#notice();
  }

  async settle(): Promise<void> {
    while (this.#stream.length > 0) await this.stream(this.#stream.length, false);
    // Readers look again once their copies are too old.
    this.clock.advance(2_000);
  }

  reader(bases?: BaseStore): WarmIndex {
    const sources = { changes: this.store, heads: this.store, clock: this.clock, maxStaleness: 1_000 };
    return new WarmIndex({ ...sources, ...(bases && { bases }) });
  }

  /** Whoever writes a base, with a clock that may be wrong. */
  builder(skew: number) {
    const clock = { now: () => this.clock.now() + skew };
    return { changes: this.store, heads: this.store, bases: this.bases, clock };
  }

  /** What is true: the living agents of the table. */
  async truth(): Promise<AgentDigest[]> {
    const ids = this.store
      .snapshot()
      .heads.filter(({ deleted }) => !deleted)
      .map(({ id }) => id);
    const records = await Promise.all(ids.sort().map((id) => this.store.load(id)));
    return records.map((record) => digestOf(describeAgent(record as AgentRecord)));
  }
}

const digests = (directory: AgentDirectory): AgentDigest[] =>
  directory.all().map(({ status: _status, state: _state, ...digest }) => digest);
const held = async (index: WarmIndex): Promise<AgentDigest[]> => digests((await index.fresh()).directory);

type Step = (world: World) => Promise<unknown>;
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
        const world = new World();
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
        const world = new World();
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
