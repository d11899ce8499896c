import { isDeepStrictEqual } from 'node:util';
import { judgeUrl } from '../shared/address-rules.ts';
import type { AllowedHosts } from '../shared/allowed-hosts.ts';
import { type Clock, isoTime } from '../shared/clock.ts';
import { type FieldError, PreconditionFailedError, TooLargeError, ValidationError } from '../shared/errors.ts';
import { decodeCursor, encodeCursor } from '../shared/http/cursor.ts';
import { serviceConflict } from './service-conflict.ts';
import type { ServiceDocument } from './service-document.ts';
import { ServiceSnapshot } from './service-snapshot.ts';
import type { ServiceStore, StoredService } from './service-store.ts';
import { validateServiceDocument } from './validate-service.ts';

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

const tagOf = ({ updatedAt }: StoredService): string => updatedAt;

function assertTag(held: StoredService | undefined, tag: string | null | undefined): void {
  if (tag === undefined || tag === (held === undefined ? null : tagOf(held))) return;
  throw new PreconditionFailedError('The service has changed since it was read.');
}

/** What the registry asks of its own accord must not be within our own network. Throws ValidationError. */
function assertEndpoints({ endpoints }: ServiceDocument, allowedHosts: AllowedHosts): void {
  const errors = endpoints.flatMap(({ url }, index): FieldError[] => {
    const judged = judgeUrl(url, { allowedHosts });
    return judged instanceof URL ? [] : [{ field: `endpoints.${index}.url`, ...judged }];
  });
  if (errors.length > 0) throw new ValidationError(errors);
}

/** What agents depend on: MCP servers and other services (second specification, "ServiceRegistry"). */
export class ServiceRegistry {
  readonly #store: ServiceStore;
  readonly #clock: Clock;
  readonly #allowedHosts: AllowedHosts;

  /** @param allowedHosts hosts that endpoints may name by http and under private addresses. Default: none */
  constructor(store: ServiceStore, clock: Clock, allowedHosts: AllowedHosts = []) {
    this.#store = store;
    this.#clock = clock;
    this.#allowedHosts = allowedHosts;
  }

  /**
   * Lists a service, or what has become of it.
   *
   * @param origin who declares it, such as a bucket key
   * @param tag what the service must still be, `null`: absent. Default: whatever it is
   * @throws ValidationError, also where an endpoint is somewhere that the registry may not ask; TooLargeError; ConflictError when another origin declares a service of this id;
   * PreconditionFailedError when it is another one by now
   */
  async put(
    service: ServiceDocument,
    origin: string,
    tag?: string | null,
  ): Promise<'created' | 'updated' | 'unchanged'> {
    const document = validateServiceDocument(service);
    if (bytesOf(document) > MAX_SERVICE_BYTES) {
      throw new TooLargeError(`A service may have at most ${MAX_SERVICE_BYTES} bytes.`);
    }
    assertEndpoints(document, this.#allowedHosts);
    const held = await this.#store.get(document.id);
    assertTag(held, tag);
    if (held !== undefined && held.origin !== origin) throw serviceConflict(document.id);
    if (isDeepStrictEqual(held?.document, document)) return 'unchanged';
    await this.#store.put({ document, origin, updatedAt: isoTime(this.#clock.now()) }, held);
    return held === undefined ? 'created' : 'updated';
  }

  /** Who declares a service, and what tells its versions apart; `undefined`: there is none. */
  async current(id: string): Promise<{ readonly origin: string; readonly tag: string } | undefined> {
    const held = await this.#store.get(id);
    return held && { origin: held.origin, tag: tagOf(held) };
  }

  /**
   * Takes a service off the list.
   *
   * @param tag what the service must still be. Default: whatever it is
   * @returns `false`: there is none, or another origin declares it
   * @throws PreconditionFailedError when it is another one by now
   */
  async remove(id: string, origin: string, tag?: string): Promise<boolean> {
    const held = await this.#store.get(id);
    if (held?.origin !== origin) return false;
    assertTag(held, tag);
    await this.#store.remove(held);
    return true;
  }

  /** @throws ValidationError when the cursor was changed */
  async list({ limit, cursor }: { limit: number; cursor?: string }): Promise<ListedServices> {
    const services: StoredService[] = [];
    let bytes = 0;
    for await (const page of this.#store.pages(cursor === undefined ? undefined : decodeCursor(cursor, LIST).id)) {
      for (const service of page) {
        const last = services.at(-1);
        bytes += bytesOf(service.document);
        if (last !== undefined && (services.length === limit || bytes > MAX_PAGE_BYTES)) {
          return { services, nextCursor: encodeCursor({ id: last.document.id }, LIST) };
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
