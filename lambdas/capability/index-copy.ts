import { copyOfHeads, type LogCopy, type LogSources } from '../agents/follow-log.ts';
import { AgentDirectory } from './agent-directory.ts';
import type { BaseStore } from './base/base-store.ts';

/** What a copy of the index is read from. */
export interface IndexSources extends LogSources {
  /** Base snapshots, where there are any. */
  readonly bases?: BaseStore;
}

/** All agents as of a moment, and what they are found by. */
export type IndexCopy = LogCopy<AgentDirectory>;

/**
 * A copy to start from: the newest usable base, else the list of heads. `followLog` brings it up to date.
 *
 * @param now milliseconds since the epoch
 */
export async function startCopy(sources: IndexSources, now: number): Promise<IndexCopy> {
  const base = await sources.bases?.newest(now);
  if (base === undefined) return copyOfHeads(new AgentDirectory(), sources, now);
  return { view: new AgentDirectory(base.index), asOf: base.asOf, position: base.newest, lastEntry: base.newest };
}
