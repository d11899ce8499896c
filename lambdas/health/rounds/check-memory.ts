import pMap from 'p-map';
import type { KeptResults } from '../check-results.ts';
import type { CheckKind } from '../contract.ts';
import type { HealthCheckResult } from '../health-status.ts';
import { recordResult } from '../judging/kept-results.ts';
import type { CheckPageStore } from './check-page-store.ts';
import { pageOf } from './check-pages.ts';

/** Calls of the store at once. */
const AT_ONCE = 8;

interface HeldPage {
  /** Of the stored one; 0: there is none. */
  version: number;
  readonly agents: Map<string, KeptResults>;
}

const numbersTo = (pages: number): number[] => Array.from({ length: pages }, (_, page) => page);

/** The pages of one kind of check as a round has them: read, changed, and written where they changed. */
export class CheckMemory {
  readonly #store: CheckPageStore;
  readonly #kind: CheckKind;
  #pages: HeldPage[];
  readonly #changed = new Set<number>();

  private constructor(store: CheckPageStore, kind: CheckKind, pages: HeldPage[]) {
    this.#store = store;
    this.#kind = kind;
    this.#pages = pages;
  }

  /** @throws StoreBusyError */
  static async read(store: CheckPageStore, kind: CheckKind, pages: number): Promise<CheckMemory> {
    const read = async (page: number): Promise<HeldPage> => {
      const { version, agents } = (await store.read({ kind, pages, page })) ?? { version: 0, agents: [] };
      return { version, agents: new Map(agents.map((kept) => [kept.agentId, kept])) };
    };
    return new CheckMemory(store, kind, await pMap(numbersTo(pages), read, { concurrency: AT_ONCE }));
  }

  get pages(): number {
    return this.#pages.length;
  }

  get(agentId: string): KeptResults | undefined {
    return this.#pageOf(agentId)?.agents.get(agentId);
  }

  /** Everything that is kept. */
  *all(): Iterable<KeptResults> {
    for (const { agents } of this.#pages) yield* agents.values();
  }

  record(result: HealthCheckResult): void {
    this.#pageOf(result.agentId)?.agents.set(result.agentId, recordResult(this.get(result.agentId), result));
    this.#changed.add(this.#numberOf(result.agentId));
  }

  forget(agentId: string): void {
    if (this.#pageOf(agentId)?.agents.delete(agentId)) this.#changed.add(this.#numberOf(agentId));
  }

  /**
   * Spreads what is kept over another number of pages. There may be such pages of an earlier time: what they hold is
   * older, and is written over.
   *
   * @throws StoreBusyError
   */
  async resize(pages: number): Promise<void> {
    const kept = [...this.all()];
    const { store, kind } = { store: this.#store, kind: this.#kind };
    const fresh = await CheckMemory.read(store, kind, pages);
    this.#pages = fresh.#pages.map(({ version }) => ({ version, agents: new Map() }));
    for (const one of kept) this.#pageOf(one.agentId)?.agents.set(one.agentId, one);
    this.#changed.clear();
    for (const page of numbersTo(pages)) this.#changed.add(page);
  }

  /**
   * Writes what has changed; what fails holds up nothing else.
   *
   * @param now milliseconds since the epoch
   * @returns whether what is kept of an agent is what is stored, and why not where that is so
   */
  async save(now: number): Promise<{ isSaved: (agentId: string) => boolean; failures: readonly unknown[] }> {
    const lost = new Set<number>();
    const failures: unknown[] = [];
    const write = async (page: number): Promise<void> => {
      try {
        await this.#write(page, now);
      } catch (error) {
        lost.add(page);
        failures.push(error);
      }
    };
    await pMap([...this.#changed], write, { concurrency: AT_ONCE });
    return { isSaved: (agentId) => !lost.has(this.#numberOf(agentId)), failures };
  }

  async #write(page: number, now: number): Promise<void> {
    const held = this.#pages[page] as HeldPage;
    const place = { kind: this.#kind, pages: this.pages, page };
    const isWritten = await this.#store.write(place, [...held.agents.values()], held.version, now);
    if (!isWritten) throw new Error(`Page ${page} of ${this.pages} was written by somebody else`);
    held.version += 1;
    this.#changed.delete(page);
  }

  #numberOf(agentId: string): number {
    return pageOf(agentId, this.pages);
  }

  #pageOf(agentId: string): HeldPage | undefined {
    return this.#pages[this.#numberOf(agentId)];
  }
}
