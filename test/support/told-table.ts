import type { Change, ChangeLog, HeadList } from '../../lambdas/agents/change.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import { WarmIndex, type WarmIndexSources } from '../../lambdas/capability/warm-index.ts';
import { firstUlidOf } from '../../lambdas/shared/ids.ts';
import { aChange } from './agents.ts';
import { VirtualTime } from './virtual-time.ts';

/** A table that tells what was read of it, and fails or is slow when it is told to. */
export class ToldTable implements ChangeLog, HeadList {
  heads: AgentDigest[] = [];
  log: Change[] = [];
  readsOfLog = 0;
  readsOfHeads = 0;
  entriesRead = 0;
  /** Throws at the first page after this many. */
  failsAfterPages = Number.POSITIVE_INFINITY;
  /** What is waited for between what a reading finds and its first page. */
  slowness: () => Promise<unknown> = async () => undefined;

  async newestId(): Promise<string | undefined> {
    return this.log
      .map(({ id }) => id)
      .sort()
      .at(-1);
  }

  async *read(from: string): AsyncGenerator<readonly Change[]> {
    this.readsOfLog += 1;
    const entries = this.log.filter(({ id }) => id >= from).sort((a, b) => (a.id < b.id ? -1 : 1));
    await this.slowness();
    for (const [page, change] of entries.entries()) {
      if (page >= this.failsAfterPages) throw new Error('the log is out of reach');
      this.entriesRead += 1;
      yield [change];
    }
  }

  async *readAll(): AsyncGenerator<readonly AgentDigest[]> {
    this.readsOfHeads += 1;
    if (this.failsAfterPages === 0) throw new Error('the heads are out of reach');
    yield this.heads.slice(0, 1);
    yield this.heads.slice(1);
  }
}

/** A warm index of such a table, by a time that a test lets pass. */
export function anIndex(overrides: Partial<WarmIndexSources> = {}) {
  const table = new ToldTable();
  const clock = new VirtualTime();
  const { sleep } = clock;
  const index = new WarmIndex({ changes: table, heads: table, clock, sleep, maxStaleness: 1_000, ...overrides });
  const ids = async () => (await index.fresh()).directory.all().map(({ id, revision }) => `${id}#${revision}`);
  return { table, clock, index, ids };
}

/** A change whose id was made at a time. */
export const changeAt = (time: number, id: string, revision = 1) =>
  aChange({ id, revision }, { id: firstUlidOf(time) });

/** What callers are told, and what the log is: try again. */
export const OUT_OF_REACH = { status: 503, retryAfter: 1, cause: new Error('the log is out of reach') };
