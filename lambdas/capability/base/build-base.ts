import { followLog } from '../../agents/follow-log.ts';
import type { Clock } from '../../shared/clock.ts';
import { type IndexCopy, type IndexSources, startCopy } from '../index-copy.ts';
import type { IndexBase } from './base-codec.ts';
import type { BaseStore } from './base-store.ts';

/** A new base is due when the newest is this old, in milliseconds … */
export const BASE_EVERY_MS = 24 * 60 * 60 * 1000;

/** … or when a cold start would have more news than this to read behind it. */
export const BASE_EVERY_CHANGES = 1_000;

/** How far the clock of whoever writes a base may run ahead, in milliseconds: others read on from where it says. */
const CLOCK_AHEAD_MS = 60_000;

/** What building a base needs. */
export interface BaseBuilder extends IndexSources {
  readonly bases: BaseStore;
  readonly clock: Clock;
}

/** What became of it. */
export interface BaseReport {
  readonly written: boolean;
  readonly agents: number;
  /** Entries of the log that the newest base did not have. */
  readonly news: number;
  /** Milliseconds between what the newest base covers and now. */
  readonly age: number;
}

/** Others read on from `newest`, whatever the clocks of this builder and of the last writer say: hence the margin. */
const baseOf = ({ view, asOf, lastEntry }: IndexCopy): IndexBase => ({
  asOf,
  newest: Math.max(0, Math.min(lastEntry, asOf) - CLOCK_AHEAD_MS),
  index: view.index,
});

/**
 * Writes a new base where one is due: from the newest one and the log, or from the list of heads where there is none
 * that can be used. Two that run at once do no harm: the one that covers more stays.
 */
export async function buildBase(builder: BaseBuilder): Promise<BaseReport> {
  const now = builder.clock.now();
  const start = await startCopy(builder, now);
  return extend(builder, start, now, (news) => now - start.asOf >= BASE_EVERY_MS || news > BASE_EVERY_CHANGES);
}

/** Writes a new base from the list of heads and the log, whatever the bases say: the repair. */
export async function rebuildBase(builder: BaseBuilder): Promise<BaseReport> {
  const now = builder.clock.now();
  const { bases: _bases, ...sources } = builder;
  return extend(builder, await startCopy(sources, now), now, () => true);
}

async function extend(
  builder: BaseBuilder,
  start: IndexCopy,
  now: number,
  isDue: (news: number) => boolean,
): Promise<BaseReport> {
  const { copy, news } = await followLog(start, builder, now);
  const written = isDue(news) && (await builder.bases.write(baseOf(copy), now));
  const agents = copy.view.index.size;
  return { written, agents, news, age: written ? 0 : now - start.asOf };
}
