import type { Mergeable } from './merge.ts';
import type { Health } from './status.ts';

/** The discovery sources, lowest priority first (second specification, "Agent Discovery"). */
export const SOURCES = ['s3', 'filesystem', 'dynamodb', 'api'] as const;
export type Source = (typeof SOURCES)[number];

/** What one source says of an agent. */
export interface Layer extends Mergeable {
  readonly source: Source;
  /** Where it came from: bucket key, path or URL; `null` for a call of the API. */
  readonly origin: string | null;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** What the registry itself knows of an agent: small, rewritten at each committed change. */
export interface Head {
  readonly id: string;
  /** +1 at each committed change, never reused; a tombstone has one of its own. */
  readonly revision: number;
  /** The name that the agent holds, which is another than it asked for where that was taken. */
  readonly name: string;
  readonly health: Health;
  /** ISO 8601: since when its health is what it is. */
  readonly healthSince: string;
  /** The verified principal that registered it. */
  readonly owner: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly lastModified: string;
  /** Id of its newest entry in the change log; the next one's sorts behind it. */
  readonly changeId: string;
  /** Which life of the agent this is: id of the log entry that began it. Evidence of an earlier life says nothing of it. */
  readonly incarnation: string;
  /** A tombstone: the agent is gone, its revision stays. */
  readonly deleted: boolean;
  /**
   * What sources said of the agent when a call deregistered it, as `documentHash` tells it: as long as a source
   * says just that, it does not bring the agent back. Absent: nothing is kept out.
   */
  readonly dismissed?: Dismissed;
}

/** Hashes of dismissed documents by their source. */
export type Dismissed = Readonly<Partial<Record<Source, string>>>;

/** One agent as it is stored. A tombstone has no layers. */
export interface AgentRecord {
  readonly head: Head;
  /** From the lowest source to the highest. */
  readonly layers: readonly Layer[];
}

/** Whether there is an agent, and not only the memory of one. */
export const isLiving = (record: AgentRecord | undefined): record is AgentRecord =>
  record !== undefined && !record.head.deleted;

/** Layers with `layer` in its place; `undefined` takes the source's layer away. */
export function withLayer(layers: readonly Layer[], source: Source, layer: Layer | undefined): readonly Layer[] {
  const others = layers.filter((other) => other.source !== source);
  return [...others, ...(layer ? [layer] : [])].sort((a, b) => SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source));
}
