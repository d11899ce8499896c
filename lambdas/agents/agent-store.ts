import { UnavailableError } from '../shared/errors.ts';
import type { AgentRecord, Head, Layer, Source } from './agent-record.ts';
import type { Change } from './change.ts';
import type { AgentDigest } from './digest-schema.ts';

/** An answer kept under an `Idempotency-Key`. */
export interface StoredOutcome {
  /** Hash of the request that it answered. */
  readonly requestHash: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A key with the answer to keep under it. */
export interface Idempotency extends StoredOutcome {
  /** Hash of the caller and the key. */
  readonly keyHash: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** One very beat of an agent. */
export interface BeatStamp {
  readonly incarnation: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Everything that one transaction writes. It takes effect whole or not at all. */
export interface Commit {
  readonly head: Head;
  /** What the stored head must still say; `undefined`: there must be none. */
  readonly expected: Pick<Head, 'revision' | 'changeId'> | undefined;
  readonly digest: AgentDigest;
  readonly putLayers: readonly Layer[];
  readonly deleteLayers: readonly Source[];
  /** Normalised name to claim: it must be free or this agent's already. */
  readonly claimName?: string;
  /** Normalised name to give up. */
  readonly releaseName?: string;
  readonly idempotency?: Idempotency;
  /** The item that the agent's beats are kept in: made for a new life, `null`: taken away. Default: it stays. */
  readonly beat?: { readonly incarnation: string } | null;
  /** The agent's newest beat must be this very one still. Default: it may be any. */
  readonly ifBeat?: BeatStamp;
  readonly change: Change;
}

/** Which of a commit's conditions did not hold; `contention`: none is known to have failed, others were writing. */
export type CommitObstacle = 'head' | 'name' | 'idempotency' | 'beat' | 'contention';

/** The transaction did not take effect: somebody was quicker. Read again, decide again. */
export class CommitConflictError extends Error {
  readonly obstacle: CommitObstacle;

  constructor(obstacle: CommitObstacle, options?: ErrorOptions) {
    super(`The commit met an obstacle: ${obstacle}`, options);
    this.name = 'CommitConflictError';
    this.obstacle = obstacle;
  }
}

/** The store is throttled or out of reach. A commit that ends so is not known to have taken effect. */
export class StoreBusyError extends UnavailableError {
  constructor(options?: ErrorOptions) {
    super('The store is busy or out of reach.', options);
  }
}

/** Where agents are kept. Reads are consistent. Every method may throw {@link StoreBusyError}. */
export interface AgentStore {
  /** The agent with this id or its tombstone. */
  load(id: string): Promise<AgentRecord | undefined>;
  /** What the registry itself knows of it, or of its tombstone. */
  head(id: string): Promise<Head | undefined>;
  /** The id of the agent that holds a normalised name. */
  nameHolder(normalisedName: string): Promise<string | undefined>;
  /** The answer kept under a key hash, unless it has expired at `now` (milliseconds since the epoch). */
  outcome(keyHash: string, now: number): Promise<StoredOutcome | undefined>;
  /** Throws {@link CommitConflictError} when it did not take effect because of others. */
  commit(commit: Commit): Promise<void>;
  /** Whether the log holds an entry with this id, and so the commit that it belongs to has taken effect. */
  hasChange(id: string): Promise<boolean>;
  /** Keeps an answer of a request that had nothing to write. Throws {@link CommitConflictError}. */
  keepOutcome(idempotency: Idempotency, now: number): Promise<void>;
}
