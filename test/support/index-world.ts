import { describeAgent } from '../../lambdas/agents/agent.ts';
import type { AgentRecord } from '../../lambdas/agents/agent-record.ts';
import type { Change } from '../../lambdas/agents/change.ts';
import type { WriteContext } from '../../lambdas/agents/commit-loop.ts';
import { deregisterAgent } from '../../lambdas/agents/deregister-agent.ts';
import { digestOf } from '../../lambdas/agents/digest.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import { appendLate, isLate } from '../../lambdas/agents/late-changes.ts';
import { registerAgent } from '../../lambdas/agents/register-agent.ts';
import { updateAgent } from '../../lambdas/agents/update-agent.ts';
import type { AgentDirectory } from '../../lambdas/capability/agent-directory.ts';
import type { IndexBase } from '../../lambdas/capability/base/base-codec.ts';
import {
  type BaseStore,
  MAX_BASE_AHEAD_MS,
  openBase,
  type SealedBase,
  sealBase,
} from '../../lambdas/capability/base/base-store.ts';
import { WarmIndex } from '../../lambdas/capability/warm-index.ts';
import { createUlidFactory, type UlidFactory } from '../../lambdas/shared/ids.ts';
import { clockAt, type TestClock } from './agents.ts';
import { MemoryAgentStore } from './memory-agent-store.ts';

/** A base as a reader finds it: one that cannot be used is none. */
export function usable(sealed: SealedBase | undefined, now: number): IndexBase | undefined {
  try {
    return sealed && openBase(sealed, now);
  } catch {
    return undefined;
  }
}

/** Bases in memory: every one that was ever written, and which is the newest. */
export class MemoryBases implements BaseStore {
  readonly all: SealedBase[] = [];
  current: (SealedBase & { readonly asOf: number }) | undefined;

  async newest(now: number): Promise<IndexBase | undefined> {
    return usable(this.current, now);
  }

  async write(base: IndexBase, now: number): Promise<boolean> {
    const isFuture = (this.current?.asOf ?? 0) > now + MAX_BASE_AHEAD_MS;
    if (this.current && this.current.asOf >= base.asOf && !isFuture) return false;
    const sealed = sealBase(base);
    this.current = { ...sealed, asOf: base.asOf };
    this.all.push(sealed);
    return true;
  }
}

/** A registry in which clocks disagree, the stream lags and repeats, and readers start at any time. */
export class IndexWorld {
  readonly clock: TestClock;
  readonly store = new MemoryAgentStore();
  readonly bases = new MemoryBases();
  readonly followers: WarmIndex[] = [];
  /** Entries that the stream has not delivered yet, with the time of their commit. */
  readonly #stream: { readonly change: Change; readonly committedAt: number }[] = [];
  readonly #streamed = new Set<string>();
  readonly #ids: UlidFactory;

  /** @param clock the true time. @default - one that is turned by hand */
  constructor(clock: TestClock = clockAt()) {
    this.clock = clock;
    this.#ids = createUlidFactory(clock);
  }

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

/** The digests that a directory holds. */
const digests = (directory: AgentDirectory): AgentDigest[] =>
  directory.all().map(({ status: _status, state: _state, ...digest }) => digest);
/** The digests that a reader answers with. */
export const held = async (index: WarmIndex): Promise<AgentDigest[]> => digests((await index.fresh()).directory);
