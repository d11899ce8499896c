import type { ServiceStore, StoredService } from '../../lambdas/services/service-store.ts';
import { PreconditionFailedError } from '../../lambdas/shared/errors.ts';

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

  async put(service: StoredService, before: StoredService | undefined): Promise<void> {
    this.calls.put += 1;
    this.#assertUnchanged(service.document.id, before);
    this.#services.set(service.document.id, copyOf(service));
  }

  async remove(before: StoredService): Promise<void> {
    this.calls.remove += 1;
    this.#assertUnchanged(before.document.id, before);
    this.#services.delete(before.document.id);
  }

  #assertUnchanged(id: string, before: StoredService | undefined): void {
    const held = this.#services.get(id);
    if (held?.origin === before?.origin && held?.updatedAt === before?.updatedAt) return;
    throw new PreconditionFailedError('The service has changed.');
  }

  async *pages(after = ''): AsyncGenerator<readonly StoredService[]> {
    this.calls.pages += 1;
    const ordered = [...this.#services].sort(([a], [b]) => (a < b ? -1 : 1)).filter(([id]) => id > after);
    for (let start = 0; start < ordered.length; start += PAGE) {
      yield ordered.slice(start, start + PAGE).map(([, service]) => copyOf(service));
    }
  }
}
