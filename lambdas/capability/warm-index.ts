import type { AgentStore } from '../agents/agent-store.ts';
import { followLog, MAX_GAP_MS } from '../agents/follow-log.ts';
import { UnavailableError } from '../shared/errors.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { type IndexCopy, type IndexSources, startCopy } from './index-copy.ts';
import type { MinRevision } from './min-revision-schema.ts';
import { type Clocks, leastBetween, type Moment, millisecondsBetween, momentOf } from './moment.ts';
import { SharedReading } from './shared-reading.ts';
import { type Sleep, type TimeLimit, timerSleep, within } from './within.ts';

/**
 * Nobody waits for a copy for longer than this, in milliseconds. The function has 15 seconds: past them the gateway
 * would answer in our place, and not say «try again».
 */
export const MAX_WAIT_MS = 10_000;

/**
 * The last look for a revision begins after this, in milliseconds. A commit that was answered is in the log already;
 * only one whose id is older than what is read again has to come back by the stream, which takes about a second.
 */
export const REVISION_WAIT_MS = 2_000;

/** Milliseconds between the first two looks; doubled each time, to the last look: seven in two seconds. */
const FIRST_PAUSE_MS = 50;

/** What a warm index reads from, and when. */
export interface WarmIndexSources extends IndexSources, Clocks {
  /** A copy older than this, in milliseconds, is refreshed before it answers. */
  readonly maxStaleness: number;
  /** Asked for agents that the copy does not know: bases have no tombstones. @default - such an agent has no revision */
  readonly agents?: Pick<AgentStore, 'head'>;
  /** Told after each refresh how old the copy is now, in milliseconds; one that fails leaves it as old as it was. */
  readonly onRefresh?: (age: number) => void;
  /** @default - a timer */
  readonly sleep?: Sleep;
}

/** A copy of the directory as of a moment. */
export interface FreshDirectory {
  readonly directory: AgentDirectory;
  /** Milliseconds since the copy was known to be complete: since the reading that brought it up to date began. */
  age(): number;
}

/**
 * A start from nothing that takes longer than this, in milliseconds, or was left alone for as long, is not waited for
 * any more. Until then whoever comes joins it: begun again each time that somebody gives up, it would never end.
 */
export const MAX_START_MS = 60_000;

/** Makes a copy ready for a question, beyond being up to date. */
type Prepare = (directory: AgentDirectory) => Promise<unknown>;

/** A start from nothing: the copy that it ends with is to be brought up to date. */
interface Start {
  readonly begun: Moment;
  readonly copy: Promise<IndexCopy>;
}

/** A copy, and when the reading began that brought it up to date. */
interface HeldCopy {
  readonly copy: IndexCopy;
  readonly begun: Moment;
}

const has = ({ copy }: HeldCopy, { agentId, revision }: MinRevision): boolean =>
  (copy.view.revisionOf(agentId) ?? 0) >= revision;

/**
 * A warm function's copy of all digests: started from a base snapshot or the `heads` index, then following the change
 * log at a cost of O(changes). A refresh that fails leaves the copy as old as it was and is told to whoever asked.
 */
export class WarmIndex {
  readonly #sources: WarmIndexSources;
  readonly #sleep: Sleep;
  readonly #limit: TimeLimit;
  readonly #reading: SharedReading<HeldCopy>;
  #held: HeldCopy | undefined;
  /** The newest start, if it did not fail. */
  #start: Start | undefined;

  constructor(sources: WarmIndexSources) {
    this.#sources = sources;
    this.#sleep = sources.sleep ?? timerSleep;
    this.#limit = { milliseconds: MAX_WAIT_MS, what: 'Bringing the index up to date', sleep: this.#sleep };
    this.#reading = new SharedReading(
      () => momentOf(sources),
      (begun) => this.#refresh(begun),
    );
  }

  /**
   * The directory with everything that was committed more than the bound before this call.
   *
   * @param wanted a write that it must have seen as well, however young the copy is. Default: none
   * @param prepare what the copy needs before it can be asked. While that takes its time the copy ages, so the bound
   * counts from its end. Default: nothing
   * @throws UnavailableError when the copy is too old, or does not know the write, and cannot be brought up to date;
   * whatever `prepare` throws
   */
  async fresh(wanted?: MinRevision, prepare?: Prepare): Promise<FreshDirectory> {
    const { copy, begun } =
      prepare === undefined ? await this.#upToDate(wanted) : await within(this.#limit, this.#prepared(wanted, prepare));
    return { directory: copy.view, age: () => millisecondsBetween(begun, momentOf(this.#sources)) };
  }

  async #upToDate(wanted: MinRevision | undefined): Promise<HeldCopy> {
    const arrived = momentOf(this.#sources);
    const held = this.#young(arrived);
    if (held && (wanted === undefined || has(held, wanted))) return held;
    return within(this.#limit, this.#brought(arrived, wanted));
  }

  /** Another copy may have come meanwhile, which is to be prepared as well; that happens once in days. */
  async #prepared(wanted: MinRevision | undefined, prepare: Prepare): Promise<HeldCopy> {
    let held = await this.#upToDate(wanted);
    for (;;) {
      const { view: directory } = held.copy;
      await prepare(directory);
      held = await this.#upToDate(wanted);
      if (held.copy.view === directory) return held;
    }
  }

  /** What is held, if that was young enough at a moment. */
  #young(at: Moment): HeldCopy | undefined {
    return this.#held && this.#isYoung(this.#held.begun, at) ? this.#held : undefined;
  }

  /** A wall clock that runs backwards tells no age. */
  #isYoung(begun: Moment, at: Moment): boolean {
    return at.wall >= begun.wall && millisecondsBetween(begun, at) <= this.#sources.maxStaleness;
  }

  async #brought(arrived: Moment, wanted: MinRevision | undefined): Promise<HeldCopy> {
    const held = this.#young(arrived) ?? (await this.#reading.join((begun) => this.#isYoung(begun, arrived)));
    return wanted === undefined || has(held, wanted) ? held : this.#withRevision(arrived, wanted);
  }

  /** Looks again and again. A reading that was begun before the request came may have missed the write. */
  async #withRevision(arrived: Moment, wanted: MinRevision): Promise<HeldCopy> {
    let isGone: boolean | undefined;
    for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
      const held = await this.#reading.join((begun) => begun.steady > arrived.steady);
      if (has(held, wanted)) return held;
      if (held.copy.view.revisionOf(wanted.agentId) === undefined) {
        isGone ??= await this.#isGone(wanted);
        if (isGone) return held;
      }
      const left = REVISION_WAIT_MS - millisecondsBetween(arrived, momentOf(this.#sources));
      if (left <= 0) {
        throw new UnavailableError(
          `The index does not know revision ${wanted.revision} of agent ${wanted.agentId} yet.`,
        );
      }
      await this.#sleep(Math.min(pause, left));
    }
  }

  /**
   * Whether the table has an agent as a tombstone at that revision: a copy that knows nothing of it is right then. Asked
   * once, because a tombstone that comes later is in the log.
   */
  async #isGone({ agentId, revision }: MinRevision): Promise<boolean> {
    const head = await this.#sources.agents?.head(agentId);
    return head?.deleted === true && head.revision >= revision;
  }

  async #refresh(begun: Moment): Promise<HeldCopy> {
    const givenUp = new AbortController();
    try {
      return await within(this.#limit, this.#read(begun, givenUp.signal));
    } catch (error) {
      throw new UnavailableError('The index could not be brought up to date.', { cause: error });
    } finally {
      givenUp.abort();
      const now = momentOf(this.#sources);
      if (this.#held) this.#sources.onRefresh?.(millisecondsBetween(this.#held.begun, now));
    }
  }

  async #read(begun: Moment, givenUp: AbortSignal): Promise<HeldCopy> {
    const known = this.#held;
    const follows = known && millisecondsBetween(known.begun, begun) < MAX_GAP_MS;
    const start = follows ? known.copy : await this.#startedBy(begun);
    // Of those who waited for a start only the last one, who is still there, reads on.
    givenUp.throwIfAborted();
    const elapsed = follows ? leastBetween(known.begun, begun) : 0;
    const { copy } = await followLog(start, this.#sources, begun.wall, elapsed);
    const held = { copy, begun };
    // One that was given up, and came to its end all the same, must not replace what came after it.
    if (this.#held === known) this.#held = held;
    return held;
  }

  /** The copy of the start under way, where there is one that is not too old; else of a new one. */
  #startedBy(begun: Moment): Promise<IndexCopy> {
    if (this.#start && millisecondsBetween(this.#start.begun, begun) < MAX_START_MS) return this.#start.copy;
    const start: Start = { begun, copy: startCopy(this.#sources, begun.wall) };
    this.#start = start;
    start.copy.catch(() => {
      if (this.#start === start) this.#start = undefined;
    });
    return start.copy;
  }
}
