import type { ChangeLog, HeadList } from '../../lambdas/agents/change.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import type { AgentDirectory } from '../../lambdas/capability/agent-directory.ts';
import { buildBase } from '../../lambdas/capability/base/build-base.ts';
import { MAX_START_MS, MAX_WAIT_MS, WarmIndex } from '../../lambdas/capability/warm-index.ts';
import { NotFoundError } from '../../lambdas/shared/errors.ts';
import { held, IndexWorld } from './index-world.ts';
import type { MemoryAgentStore } from './memory-agent-store.ts';
import { VirtualTime } from './virtual-time.ts';

/** The bound of every reader, in milliseconds. */
export const BOUND_MS = 1_000;

/** What becomes of a call of the store: how long it takes, in milliseconds, and how it ends. */
export interface Call {
  readonly delay: number;
  readonly end: 'answers' | 'fails' | 'hangs';
}

/** Pauses come before what they belong to, in milliseconds. */
export interface WriterPlan {
  /** Milliseconds by which its clock is ahead. */
  readonly skew: number;
  readonly writes: readonly {
    readonly pause: number;
    readonly id: string;
    readonly what: 'register' | 'update' | 'remove';
    readonly priority: number;
  }[];
}

export interface ReaderPlan {
  /** Milliseconds by which its wall clock is ahead. */
  readonly offset: number;
  /** Whether its steady clock stands still between requests. Else its wall clock is set before some, by `jump`. */
  readonly freezes: boolean;
  readonly fromBase: boolean;
  /** None waits for the one before it to be answered. */
  readonly requests: readonly { readonly pause: number; readonly waitsForWrite: boolean; readonly jump: number }[];
  /** What becomes of its calls, one after the other and from the first again. */
  readonly calls: readonly Call[];
}

/** A commit, and when it took effect by the true time. */
export interface Committed {
  readonly agentId: string;
  readonly revision: number;
  readonly gone: boolean;
  readonly at: number;
}

/** How a request ended. */
interface Outcome {
  /** Milliseconds until its end. */
  readonly waited: number;
}

export interface Answered extends Outcome {
  readonly age: number;
  /** What the answer should have known and did not. */
  readonly missed: readonly Committed[];
}

export interface Refused extends Outcome {
  readonly status: unknown;
  /** Whether nothing was wrong with the calls. */
  readonly sound: boolean;
}

/** Writers and readers that live side by side, in a time that takes none. */
export class LivelyWorld {
  readonly answered: Answered[] = [];
  readonly refused: Refused[] = [];
  readonly #time = new VirtualTime();
  readonly #world = new IndexWorld(this.#time);
  readonly #committed: Committed[] = [];
  readonly #readers: WarmIndex[] = [];
  /** Whether calls take no time and all succeed, as in the end. */
  #calm = false;

  /** @param commitDelays milliseconds between taking an entry's id and committing it, one after the other */
  constructor(commitDelays: readonly number[]) {
    let commits = 0;
    this.#world.store.hook = async (call) => {
      if (call === 'commit') await this.#time.sleep(commitDelays[commits++ % commitDelays.length] ?? 0);
      return undefined;
    };
  }

  async live(writers: readonly WriterPlan[], readers: readonly ReaderPlan[]): Promise<void> {
    let over = false;
    const lives = [...writers.map((plan) => this.#write(plan)), ...readers.map((plan) => this.#read(plan))];
    const all = Promise.all(lives).finally(() => {
      over = true;
    });
    await this.#time.until(Promise.all([all, this.#stream(() => over)]));
    // Whatever hangs is given up by then.
    await this.#time.pass(MAX_START_MS + MAX_WAIT_MS);
    this.#calm = true;
    await this.#world.settle();
  }

  /** What each reader answers with when all has been told. */
  heldInTheEnd(): Promise<AgentDigest[][]> {
    return this.#time.until(Promise.all(this.#readers.map((reader) => held(reader))));
  }

  truth(): Promise<AgentDigest[]> {
    return this.#world.truth();
  }

  async #write({ skew, writes }: WriterPlan): Promise<void> {
    for (const { pause, id, what, priority } of writes) {
      await this.#time.sleep(pause);
      await this.#world.write(id, what, priority, skew).catch((error: unknown) => {
        // The other one has removed it meanwhile.
        if (!(error instanceof NotFoundError)) throw error;
      });
      this.#note();
    }
  }

  #note(): void {
    const known = new Set(this.#committed.map(({ agentId, revision }) => `${agentId}#${revision}`));
    const news = this.#world.store.changes().filter(({ agentId, revision }) => !known.has(`${agentId}#${revision}`));
    for (const { agentId, revision, type } of news) {
      this.#committed.push({ agentId, revision, gone: type === 'AgentUnregistered', at: this.#time.now() });
    }
  }

  /** The stream lags, and repeats itself; a base is built now and then. */
  async #stream(isOver: () => boolean): Promise<void> {
    for (let round = 0; !isOver(); round += 1) {
      await this.#time.sleep(1_000);
      await this.#world.stream(5, round % 3 === 0);
      if (round % 10 === 0) await buildBase(this.#world.builder(0));
    }
  }

  async #read(plan: ReaderPlan): Promise<void> {
    const clocks = { wall: plan.offset, steady: 0 };
    const index = this.#reader(plan, clocks);
    const sound = plan.calls.every(({ end, delay }) => end === 'answers' && delay <= 40);
    const requests: Promise<void>[] = [];
    for (const { pause, waitsForWrite, jump } of plan.requests) {
      await this.#time.sleep(pause);
      if (plan.freezes) clocks.steady -= pause;
      // Within what a reader's clock may be off.
      else clocks.wall = Math.max(-60_000, Math.min(40_000, clocks.wall + jump));
      requests.push(this.#ask(index, sound, waitsForWrite ? this.#committed.at(-1) : undefined));
    }
    await Promise.all(requests);
  }

  async #ask(index: WarmIndex, sound: boolean, wanted: Committed | undefined): Promise<void> {
    const came = this.#time.now();
    try {
      const { directory, age } = await index.fresh(wanted && { agentId: wanted.agentId, revision: wanted.revision });
      const now = this.#time.now();
      const complete = Math.max(now - age(), came - BOUND_MS);
      const due = this.#committed.filter((one) => one === wanted || one.at < complete);
      const missed = due.filter((one) => !this.#knows(directory, one));
      this.answered.push({ missed, age: age(), waited: now - came });
    } catch (error) {
      const { status } = error as { status?: unknown };
      this.refused.push({ status, sound, waited: this.#time.now() - came });
    }
  }

  /** A base tells nothing of agents that were gone when it was made: who is not known has to be gone. */
  #knows(directory: AgentDirectory, { agentId, revision }: Committed): boolean {
    const known = directory.revisionOf(agentId);
    if (known !== undefined) return known >= revision;
    return this.#committed.some((one) => one.agentId === agentId && one.gone && one.revision >= revision);
  }

  #reader({ calls, fromBase }: ReaderPlan, clocks: { readonly wall: number; readonly steady: number }): WarmIndex {
    const { store, bases } = this.#world;
    let made = 0;
    const call = async () => {
      const { delay, end } = calls[made++ % calls.length] as Call;
      if (this.#calm) return;
      if (delay > 0) await this.#time.sleep(delay);
      if (end === 'fails') throw new Error('throttled');
      if (end === 'hangs') await new Promise(() => undefined);
    };
    const index = new WarmIndex({
      ...slowly(store, call),
      ...(fromBase && { bases }),
      agents: store,
      clock: { now: () => this.#time.now() + clocks.wall },
      steady: { now: () => this.#time.now() + clocks.steady },
      sleep: this.#time.sleep,
      maxStaleness: BOUND_MS,
    });
    this.#readers.push(index);
    return index;
  }
}

const PAGE = 3;

/** The log and the heads by calls that take their time; each page tells what is there when it is read. */
function slowly(store: MemoryAgentStore, call: () => Promise<void>): { changes: ChangeLog; heads: HeadList } {
  return {
    changes: {
      async newestId() {
        await call();
        return store.newestId();
      },
      async *read(from) {
        for (let start = from; ; ) {
          await call();
          const page = store
            .changes()
            .filter(({ id }) => id >= start)
            .slice(0, PAGE);
          await call();
          yield page;
          const last = page.at(-1);
          if (last === undefined || page.length < PAGE) return;
          // Sorts right behind it.
          start = `${last.id}0`;
        }
      },
    },
    heads: {
      async *readAll() {
        await call();
        yield* store.readAll();
      },
    },
  };
}
