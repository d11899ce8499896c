import type { Head, Layer, Source } from '../../lambdas/agents/agent-record.ts';
import { type AgentRecord, withLayer } from '../../lambdas/agents/agent-record.ts';
import {
  type AgentStore,
  type Commit,
  CommitConflictError,
  type Idempotency,
  StoreBusyError,
  type StoredOutcome,
} from '../../lambdas/agents/agent-store.ts';
import type { Change, ChangeLog, HeadList } from '../../lambdas/agents/change.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import type { LateChangeStore } from '../../lambdas/agents/late-changes.ts';
import type { Beat } from '../../lambdas/health/beats/beat.ts';
import type { TableSnapshot } from './table-snapshot.ts';

/** The calls of a store that can go wrong. */
export type StoreCall = 'load' | 'nameHolder' | 'outcome' | 'commit' | 'hasChange' | 'keepOutcome';

/** How a call goes wrong: without effect, after its effect (the answer is lost), or because of others. */
export type StoreFault = 'busy' | 'lost' | 'contention';

/** Asked before each call takes effect; may wait, and so decide who comes first. */
export type StoreHook = (call: StoreCall) => StoreFault | undefined | Promise<StoreFault | undefined>;

/** Largest page of a read. Small, so that tests meet more than one. */
const PAGE = 3;

interface StoredHead {
  readonly head: Head;
  readonly digest: AgentDigest;
}

/** The table in memory. A commit checks all its conditions and takes effect in one go, or not at all. */
export class MemoryAgentStore implements AgentStore, ChangeLog, HeadList, LateChangeStore {
  /** Every call that was made, in order. */
  readonly calls: StoreCall[] = [];
  hook: StoreHook = () => undefined;
  /** The newest beat of each living agent by its id; for whoever keeps beats in the same table. */
  readonly beats = new Map<string, Beat>();
  readonly #heads = new Map<string, StoredHead>();
  readonly #layers = new Map<string, readonly Layer[]>();
  readonly #names = new Map<string, string>();
  readonly #outcomes = new Map<string, Idempotency>();
  readonly #changes = new Map<string, Change>();
  /** Late entries that were appended again. */
  readonly #copied = new Set<string>();

  async load(id: string): Promise<AgentRecord | undefined> {
    return this.#call('load', () => {
      const stored = this.#heads.get(id);
      return stored && { head: stored.head, layers: this.#layers.get(id) ?? [] };
    });
  }

  async nameHolder(normalisedName: string): Promise<string | undefined> {
    return this.#call('nameHolder', () => this.#names.get(normalisedName));
  }

  async outcome(keyHash: string, now: number): Promise<StoredOutcome | undefined> {
    return this.#call('outcome', () => {
      const kept = this.#outcomes.get(keyHash);
      if (kept === undefined || kept.expiresAt <= now) return undefined;
      const { requestHash, status, headers, body } = kept;
      return { requestHash, status, headers, body };
    });
  }

  async commit(commit: Commit): Promise<void> {
    return this.#call('commit', () => {
      const copy = structuredClone(commit);
      this.#assertConditions(copy);
      this.#apply(copy);
    });
  }

  async hasChange(id: string): Promise<boolean> {
    return this.#call('hasChange', () => this.#changes.has(id));
  }

  async keepOutcome(idempotency: Idempotency, now: number): Promise<void> {
    return this.#call('keepOutcome', () => {
      this.#assertFree(idempotency, now);
      this.#outcomes.set(idempotency.keyHash, structuredClone(idempotency));
    });
  }

  async newestId(): Promise<string | undefined> {
    return this.changes().at(-1)?.id;
  }

  async *read(from: string, { to = '~' }: { to?: string } = {}): AsyncGenerator<readonly Change[]> {
    yield* paged(this.changes().filter(({ id }) => id >= from && id < to));
  }

  async *readAll(): AsyncGenerator<readonly AgentDigest[]> {
    const living = [...this.#heads.values()].filter(({ head }) => !head.deleted);
    yield* paged(living.map(({ digest }) => digest));
  }

  /** The whole log, oldest first. */
  changes(): Change[] {
    return [...this.#changes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Everything that the table holds. */
  snapshot(): TableSnapshot {
    return {
      heads: [...this.#heads.values()].map(({ head }) => head),
      layers: [...this.#layers].flatMap(([agentId, layers]) => layers.map(({ source }) => ({ agentId, source }))),
      names: [...this.#names].map(([name, agentId]) => ({ name, agentId })),
      beats: [...this.beats.values()].map(({ agentId, incarnation }) => ({ agentId, incarnation })),
      changes: this.changes(),
      outcomes: this.#outcomes.size,
      others: [],
    };
  }

  async head(agentId: string): Promise<Head | undefined> {
    return this.#heads.get(agentId)?.head;
  }

  async change(id: string): Promise<Change | undefined> {
    return this.#changes.get(id);
  }

  async append(late: Change, copies: readonly Change[], head: Head): Promise<void> {
    if (this.#copied.has(late.id)) return;
    const stored = this.#heads.get(head.id);
    this.#assertUnchanged(head.id, head);
    const changeId = copies.at(-1)?.id ?? head.changeId;
    this.#copied.add(late.id);
    if (stored) this.#heads.set(head.id, { ...stored, head: { ...stored.head, changeId } });
    for (const copy of copies) this.#changes.set(copy.id, copy);
  }

  #assertUnchanged(id: string, expected: Commit['expected']): void {
    const stored = this.#heads.get(id)?.head;
    const same = stored?.revision === expected?.revision && stored?.changeId === expected?.changeId;
    if (!same) throw new CommitConflictError('head');
  }

  #assertConditions({ head, expected, claimName, idempotency, ifBeat, change }: Commit): void {
    this.#assertUnchanged(head.id, expected);
    const holder = claimName === undefined ? undefined : this.#names.get(claimName);
    if (holder !== undefined && holder !== head.id) throw new CommitConflictError('name');
    if (idempotency) this.#assertFree(idempotency, Date.parse(change.at));
    const beat = this.beats.get(head.id);
    const sameBeat = beat?.incarnation === ifBeat?.incarnation && beat?.at === ifBeat?.at;
    if (ifBeat && !sameBeat) throw new CommitConflictError('beat');
  }

  #assertFree({ keyHash }: Idempotency, now: number): void {
    const kept = this.#outcomes.get(keyHash);
    if (kept !== undefined && kept.expiresAt > now) throw new CommitConflictError('idempotency');
  }

  #apply(commit: Commit): void {
    const { head, digest, putLayers, deleteLayers, claimName, releaseName, idempotency, beat, change } = commit;
    // DynamoDB refuses a transaction that names one item twice.
    if (claimName !== undefined && claimName === releaseName) throw new Error('A name is claimed and released at once');
    if (beat !== undefined && commit.ifBeat) throw new Error('A beat is written and asked for at once');
    const removed = deleteLayers.map((source): [Source, undefined] => [source, undefined]);
    const put = putLayers.map((layer): [Source, Layer] => [layer.source, layer]);
    const before = this.#layers.get(head.id) ?? [];
    const layers = [...removed, ...put].reduce((rest, [source, layer]) => withLayer(rest, source, layer), before);
    this.#heads.set(head.id, { head, digest });
    this.#layers.set(head.id, layers);
    if (releaseName !== undefined) this.#names.delete(releaseName);
    if (claimName !== undefined) this.#names.set(claimName, head.id);
    if (idempotency) this.#outcomes.set(idempotency.keyHash, idempotency);
    if (beat) this.beats.set(head.id, { agentId: head.id, ...beat, streak: 0, recent: [] });
    if (beat === null) this.beats.delete(head.id);
    this.#changes.set(change.id, change);
  }

  async #call<Result>(call: StoreCall, effect: () => Result): Promise<Result> {
    this.calls.push(call);
    const fault = await this.hook(call);
    if (fault === 'busy') throw new StoreBusyError();
    if (fault === 'contention') throw new CommitConflictError('contention');
    const result = structuredClone(effect());
    if (fault === 'lost') throw new StoreBusyError();
    return result;
  }
}

function* paged<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += PAGE) yield items.slice(start, start + PAGE);
}
