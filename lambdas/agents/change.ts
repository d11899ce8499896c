import type { DetailType } from './contract.ts';
import type { AgentDigest } from './digest-schema.ts';

/** Days that the change log keeps an entry. */
export const CHANGE_DAYS = 7;

/** One entry of the change log (ARCHITECTURE, "Words"); (agentId, revision) identifies it. */
export interface Change {
  /** ULID: the order of the log. */
  readonly id: string;
  readonly agentId: string;
  readonly revision: number;
  readonly type: DetailType;
  /** ISO 8601. */
  readonly at: string;
  /** The verified principal that caused it. */
  readonly actor: string;
  readonly reason: string;
  /** Dotted paths; empty for an agent that came or went. */
  readonly changedFields: readonly string[];
  /** The agent after the change; of one that went, as it last was but for the revision. */
  readonly digest: AgentDigest;
  /** Id of the entry that this one repeats, because that one came too late to be read in its place. */
  readonly copyOf?: string;
}

/** The log, as its readers need it. */
export interface ChangeLog {
  /** Id of the newest entry, read consistently; `undefined` where nothing happened in {@link CHANGE_DAYS}. */
  newestId(): Promise<string | undefined>;
  /**
   * Entries with an id at or after `from`, oldest first, page by page, read consistently.
   *
   * @param span `to` is the exclusive upper end, absent means to the newest; `pageSize` bounds a page, absent means
   * as much as one answer of the store holds
   */
  read(from: string, span?: { to?: string; pageSize?: number }): AsyncIterable<readonly Change[]>;
}

/** All living agents, for a reader that starts from nothing. */
export interface HeadList {
  readAll(): AsyncIterable<readonly AgentDigest[]>;
}
