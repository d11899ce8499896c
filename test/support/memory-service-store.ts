import { serviceConflict } from '../../lambdas/services/service-conflict.ts';
import type { ServiceStore, StoredService } from '../../lambdas/services/service-store.ts';

/** Largest page of a read. Small, so that tests meet more than one. */
const PAGE = 3;

/** As it comes back from a table: a copy, made of its JSON text. */
const copyOf = (service: StoredService): StoredService => JSON.parse(JSON.stringify(service)) as StoredService;

/** Services in memory. */
export class MemoryServiceStore implements ServiceStore {
  /** How often each method was called. */
  readonly calls = { get: 0, put: 0, remove: 0, pages: 0 };
  readonly #services = new Map<string, StoredService>();

  async get(id: string): Promise<StoredService | undefined> {
    this.calls.get += 1;
    const held = this.#services.get(id);
    return held && copyOf(held);
  }

  async put(service: StoredService): Promise<void> {
    this.calls.put += 1;
    const { id } = service.document;
    const held = this.#services.get(id);
    if (held !== undefined && held.origin !== service.origin) throw serviceConflict(id);
    this.#services.set(id, copyOf(service));
  }

  async remove(id: string, origin: string): Promise<boolean> {
    this.calls.remove += 1;
    return this.#services.get(id)?.origin === origin && this.#services.delete(id);
  }

  async *pages(after = ''): AsyncGenerator<readonly StoredService[]> {
    this.calls.pages += 1;
    const ordered = [...this.#services].sort(([a], [b]) => (a < b ? -1 : 1)).filter(([id]) => id > after);
    for (let start = 0; start < ordered.length; start += PAGE) {
      yield ordered.slice(start, start + PAGE).map(([, service]) => copyOf(service));
    }
  }
}
