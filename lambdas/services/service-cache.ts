import type { Clock } from '../shared/clock.ts';
import type { ServiceDocument } from './service-document.ts';
import type { ServiceRegistry } from './service-registry.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';

/** Milliseconds that a list of services is good for: a poll resolves thousands of names within it. */
const MAX_AGE_MS = 2_000;

/** Resolves names of services from one reading of the list, and reads it again after a change of its own. */
export class ServiceCache {
  readonly #registry: ServiceRegistry;
  readonly #clock: Clock;
  #read: { readonly at: number; readonly snapshot: Promise<ServiceSnapshot> } | undefined;

  constructor(registry: ServiceRegistry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** The service that an agent means by a name. Throws what reading the list throws. */
  async find(name: string): Promise<ServiceDocument | undefined> {
    const now = this.#clock.now();
    if (this.#read === undefined || now - this.#read.at > MAX_AGE_MS) {
      this.#read = { at: now, snapshot: this.#registry.snapshot() };
    }
    const { snapshot } = this.#read;
    try {
      return (await snapshot).find(name);
    } catch (error) {
      if (this.#read?.snapshot === snapshot) this.#read = undefined;
      throw error;
    }
  }

  /** As {@link ServiceRegistry.current}. */
  current(id: string): Promise<{ readonly origin: string; readonly tag: string } | undefined> {
    return this.#registry.current(id);
  }

  /** As {@link ServiceRegistry.put}. */
  async put(
    service: ServiceDocument,
    origin: string,
    tag?: string | null,
  ): Promise<'created' | 'updated' | 'unchanged'> {
    const outcome = await this.#registry.put(service, origin, tag);
    this.#read = undefined;
    return outcome;
  }

  /** As {@link ServiceRegistry.remove}. */
  async remove(
    { id, origin }: { readonly id: string; readonly origin: string },
    tag: string | null,
  ): Promise<'deregistered' | 'absent'> {
    const removed = tag !== null && (await this.#registry.remove(id, origin, tag));
    this.#read = undefined;
    return removed ? 'deregistered' : 'absent';
  }
}
