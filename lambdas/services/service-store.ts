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
   * Keeps a service over what its origin said before.
   *
   * @throws ConflictError when the id is another origin's
   */
  put(service: StoredService): Promise<void>;
  /** Whether there was one of this origin, which is gone now. */
  remove(id: string, origin: string): Promise<boolean>;
  /** All services whose ids come after one, in their order, a page at a time. */
  pages(after?: string): AsyncIterable<readonly StoredService[]>;
}
