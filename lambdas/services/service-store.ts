import type { ServiceDocument } from './service-document.ts';

/** A service as it is kept. */
export interface StoredService {
  readonly document: ServiceDocument;
  /** Who declares it, such as a bucket key. Nobody else may change or remove it. */
  readonly origin: string;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

/** Where services are kept. Reads are consistent. Every method may throw StoreBusyError. */
export interface ServiceStore {
  get(id: string): Promise<StoredService | undefined>;
  /**
   * Keeps a service in the place of what was read before.
   *
   * @param before what must still be kept: what {@link get} gave, or nothing
   * @throws PreconditionFailedError when it is something else by now
   */
  put(service: StoredService, before: StoredService | undefined): Promise<void>;
  /** Takes away what was read before. Throws PreconditionFailedError when it is something else by now. */
  remove(before: StoredService): Promise<void>;
  /** All services whose ids come after one, in their order, a page at a time. */
  pages(after?: string): AsyncIterable<readonly StoredService[]>;
}
