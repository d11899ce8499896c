import { isDeepStrictEqual } from 'node:util';
import { type Clock, isoTime } from '../shared/clock.ts';
import { TooLargeError } from '../shared/errors.ts';
import { decodeCursor, encodeCursor } from '../shared/http/cursor.ts';
import { serviceConflict } from './service-conflict.ts';
import { type ServiceDocument, validateServiceDocument } from './service-document.ts';
import { ServiceSnapshot } from './service-snapshot.ts';
import type { ServiceStore, StoredService } from './service-store.ts';

/** Largest document of a service, in bytes: what the schema lets pass could exceed an item of DynamoDB (400 KB). */
const MAX_SERVICE_BYTES = 64 * 1024;

/** A page ends before it has more bytes than this: a function's answer may have 6 MB (AWS Lambda, "Quotas"). */
const MAX_PAGE_BYTES = 3 * 1024 * 1024;

/** What a cursor of this list is good for. */
const LIST = 'services';

/** A part of the list, in the order of ids. */
export interface ListedServices {
  readonly services: readonly StoredService[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

const bytesOf = (document: ServiceDocument): number => Buffer.byteLength(JSON.stringify(document));

/** What agents depend on: MCP servers and other services (second specification, "ServiceRegistry"). */
export class ServiceRegistry {
  readonly #store: ServiceStore;
  readonly #clock: Clock;

  constructor(store: ServiceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Lists a service, or what has become of it.
   *
   * @param origin who declares it, such as a bucket key
   * @throws ValidationError; TooLargeError; ConflictError when another origin declares a service of this id
   */
  async put(service: ServiceDocument, origin: string): Promise<'created' | 'updated' | 'unchanged'> {
    const document = validateServiceDocument(service);
    if (bytesOf(document) > MAX_SERVICE_BYTES) {
      throw new TooLargeError(`A service may have at most ${MAX_SERVICE_BYTES} bytes.`);
    }
    const held = await this.#store.get(document.id);
    if (held !== undefined && held.origin !== origin) throw serviceConflict(document.id);
    if (isDeepStrictEqual(held?.document, document)) return 'unchanged';
    await this.#store.put({ document, origin, updatedAt: isoTime(this.#clock.now()) });
    return held === undefined ? 'created' : 'updated';
  }

  /** Takes a service off the list. `false`: there is none, or another origin declares it. */
  remove(id: string, origin: string): Promise<boolean> {
    return this.#store.remove(id, origin);
  }

  /** @throws ValidationError when the cursor was changed */
  async list({ limit, cursor }: { limit: number; cursor?: string }): Promise<ListedServices> {
    const services: StoredService[] = [];
    let bytes = 0;
    for await (const page of this.#store.pages(cursor === undefined ? undefined : decodeCursor(cursor, LIST))) {
      for (const service of page) {
        const last = services.at(-1);
        bytes += bytesOf(service.document);
        if (last !== undefined && (services.length === limit || bytes > MAX_PAGE_BYTES)) {
          return { services, nextCursor: encodeCursor(last.document.id, LIST) };
        }
        services.push(service);
      }
    }
    return { services };
  }

  /** All services as they are now: whoever resolves many names reads them once. */
  async snapshot(): Promise<ServiceSnapshot> {
    const documents: ServiceDocument[] = [];
    for await (const page of this.#store.pages()) documents.push(...page.map(({ document }) => document));
    return new ServiceSnapshot(documents);
  }

  /** The service that an agent means by a name, as {@link ServiceSnapshot} finds it. */
  async find(name: string): Promise<ServiceDocument | undefined> {
    return (await this.snapshot()).find(name);
  }
}
