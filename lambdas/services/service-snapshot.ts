import { normaliseName } from '../agents/agent-name.ts';
import type { ServiceDocument } from './service-document.ts';

type ByName = ReadonlyMap<string, readonly ServiceDocument[]>;

/** `github` of `io.github.github/github` and of `@scope/github`. */
const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

const only = (found: readonly ServiceDocument[] = []): ServiceDocument | undefined =>
  found.length === 1 ? found[0] : undefined;

/** All services at one moment, to find many of them by what agents call them. */
export class ServiceSnapshot {
  readonly #byId: ReadonlyMap<string, ServiceDocument>;
  readonly #byName: ByName;
  readonly #byLastPart: ByName;

  constructor(services: readonly ServiceDocument[]) {
    // What its own source has deleted is listed, so that everybody sees why nothing finds it.
    const living = services.filter(({ status }) => status !== 'deleted');
    this.#byId = new Map(living.map((service) => [service.id, service]));
    this.#byName = Map.groupBy(living, ({ name }) => normaliseName(name));
    this.#byLastPart = Map.groupBy(living, ({ name }) => normaliseName(lastPart(name)));
  }

  /**
   * The service that an agent means: by its id, else by its name (`io.github.x/y`), else by the last part of its name
   * (`y`). A name that several have means none of them.
   */
  find(name: string): ServiceDocument | undefined {
    const normalised = normaliseName(name);
    return this.#byId.get(name) ?? only(this.#byName.get(normalised)) ?? only(this.#byLastPart.get(normalised));
  }
}
