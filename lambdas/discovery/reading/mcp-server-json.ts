import { cleanLine, cleanText } from '../../agents/clean-text.ts';
import { asName, safeUrl } from '../../agents/credentials.ts';
import { isObject, type Json } from '../../agents/merge.ts';
import type { ServiceDocument } from '../../services/service-document.ts';
import { validateServiceDocument } from '../../services/validate-service.ts';
import { type FieldError, ValidationError } from '../../shared/errors.ts';
import { breaking, type ReadDocument } from './read-document.ts';
import { cutText } from './scrub.ts';
import { slugOf } from './slug.ts';

/** Names of fields that changed between versions of the schema. */
interface Dialect {
  /** Date of the first schema that uses it. */
  readonly from: string;
  readonly registry: readonly string[];
  readonly identifier: readonly string[];
  readonly variables: readonly string[];
  readonly transport: readonly string[];
  readonly isRequired: readonly string[];
}

/** From schema 2025-09-16 on all names are camelCase. */
const CAMEL: Dialect = {
  from: '2025-09-16',
  registry: ['registryType'],
  identifier: ['identifier'],
  variables: ['environmentVariables'],
  transport: ['type'],
  isRequired: ['isRequired'],
};
const SNAKE: Dialect = {
  from: '2025-07-09',
  registry: ['registry_type'],
  identifier: ['identifier'],
  variables: ['environment_variables'],
  transport: ['type', 'transport_type'],
  isRequired: ['is_required'],
};
/** Without `$schema`: the registry's seed of May 2025, or any later one that does not say which. */
const UNDATED: Dialect = {
  from: '',
  registry: ['registry_name', ...SNAKE.registry, ...CAMEL.registry],
  identifier: ['identifier', 'name'],
  variables: [...SNAKE.variables, ...CAMEL.variables],
  transport: SNAKE.transport,
  isRequired: [...SNAKE.isRequired, ...CAMEL.isRequired],
};

/** `https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json`, or a copy of it. */
const SCHEMA = /modelcontextprotocol.*\/server\.schema\.json/;
const DATE = /\/(\d{4}-\d{2}-\d{2})\//;

/** The dialect of a schema: the newest that is not newer. A schema without a date is the draft of the next one. */
function dialectOf({ $schema }: Json): Dialect {
  if (typeof $schema !== 'string') return UNDATED;
  const date = DATE.exec($schema)?.[1] ?? CAMEL.from;
  return [CAMEL, SNAKE].find(({ from }) => date >= from) ?? UNDATED;
}

const isServerFile = (path: string): boolean => /(^|\/)server\.json$/i.test(path);

const isListOfObjects = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isObject);

const isPackageList = (value: unknown): boolean =>
  isListOfObjects(value) &&
  (value as Json[]).every((item) => UNDATED.registry.some((name) => Object.hasOwn(item, name)));

/**
 * Whether a JSON document is an MCP `server.json`: by its `$schema`; else by packages or remotes, which other kinds of
 * document have too, but not like this.
 */
export function isMcpServer(path: string, document: Json): boolean {
  if (typeof document.$schema === 'string' && SCHEMA.test(document.$schema)) return true;
  if (!Object.hasOwn(document, 'name')) return false;
  const { packages, remotes, version_detail: detail } = document;
  if (isPackageList(packages) || isObject(detail)) return true;
  return isListOfObjects(remotes) || (isServerFile(path) && isListOfObjects(packages));
}

const texts = (object: Json, names: readonly string[]): unknown =>
  names.map((name) => object[name]).find((value) => value !== undefined);

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Transports by the names that were in use; anything else is none that the registry knows. */
const TRANSPORTS: Readonly<Record<string, 'streamable-http' | 'sse'>> = {
  'streamable-http': 'streamable-http',
  streamable_http: 'streamable-http',
  streamable: 'streamable-http',
  sse: 'sse',
};

/** Reads the parts of one `server.json`, and notes what is wrong by the names that its author wrote. */
class ServerReader {
  readonly errors: FieldError[] = [];
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  #error(field: string, rule: string, message: string): void {
    this.errors.push({ field, rule, message });
  }

  line(value: unknown, field: string, isNeeded = false): string | undefined {
    if (isBlank(value)) {
      if (isNeeded) this.#error(field, 'required', 'is required');
      return undefined;
    }
    if (typeof value === 'string' && cleanLine(value) !== '') return cleanLine(value);
    this.#error(field, 'type', 'must be a text');
    return undefined;
  }

  list(value: unknown, field: string): readonly Json[] {
    if (isBlank(value)) return [];
    if (Array.isArray(value) && value.every(isObject)) return value;
    this.#error(field, 'type', 'must be a list of objects');
    return [];
  }

  package(item: Json, field: string): ServiceDocument['packages'][number] {
    const { registry, identifier } = this.#dialect;
    const version = this.line(item.version, `${field}.version`);
    return {
      registry: this.line(texts(item, registry), `${field}.${registry[0]}`, true) ?? '',
      identifier: this.line(texts(item, identifier), `${field}.${identifier[0]}`, true) ?? '',
      ...(version !== undefined && { version }),
    };
  }

  /** No endpoint where the user fills in part of the address: nobody can connect to that. */
  remote(item: Json, field: string): ServiceDocument['endpoints'] {
    const name = this.line(texts(item, this.#dialect.transport), `${field}.${this.#dialect.transport[0]}`, true);
    const address = this.line(item.url, `${field}.url`, true);
    if (name === undefined || address === undefined) return [];
    const type = Object.hasOwn(TRANSPORTS, name) ? TRANSPORTS[name] : undefined;
    if (type === undefined) this.#error(`${field}.type`, 'enum', `must be one of streamable-http, sse`);
    if (type === undefined || /[{}$]/.test(address)) return [];
    const url = /^https?:/i.test(address) ? safeUrl(address) : undefined;
    if (url === undefined) this.#error(`${field}.url`, 'format', 'must be an http address');
    return url === undefined ? [] : [{ type, url }];
  }

  /** Names of the variables and headers that a user must give: those that are not optional and have no value yet. */
  #needed(value: unknown): string[] {
    const inputs = Array.isArray(value) ? value.filter(isObject) : [];
    const needed = inputs.filter(
      (input) => texts(input, this.#dialect.isRequired) !== false && isBlank(input.value) && isBlank(input.default),
    );
    return needed.map(({ name }) => asName(name)).filter((name) => name !== undefined);
  }

  requires(packages: readonly Json[], remotes: readonly Json[]): string[] {
    const variables = packages.flatMap((item) => this.#needed(texts(item, this.#dialect.variables)));
    const transports = packages.map(({ transport }) => transport).filter(isObject);
    const headers = [...remotes, ...transports].flatMap((item) => this.#needed(item.headers));
    const parts = remotes.flatMap(({ variables: map }) =>
      isObject(map)
        ? this.#needed(Object.entries(map).map(([name, input]) => ({ ...(isObject(input) && input), name })))
        : [],
    );
    return [...new Set([...variables, ...headers, ...parts])];
  }
}

const OFFICIAL = 'io.modelcontextprotocol.registry/official';

/** Schemas before 2025-09-29 have it in the document; the registry itself writes it into `_meta`. */
function statusOf({ status, _meta }: Json): ServiceDocument['status'] {
  const official = isObject(_meta) && isObject(_meta[OFFICIAL]) ? _meta[OFFICIAL].status : undefined;
  return [official, status].find((value) => value === 'active' || value === 'deprecated' || value === 'deleted');
}

const repositoryOf = ({ repository }: Json): string | undefined =>
  isObject(repository) && typeof repository.url === 'string' && /^https?:/i.test(repository.url)
    ? safeUrl(repository.url)
    : undefined;

const versionOf = ({ version, version_detail: detail }: Json): unknown =>
  version ?? (isObject(detail) ? detail.version : undefined);

function toService(document: Json): ServiceDocument {
  const reader = new ServerReader(dialectOf(document));
  const name = reader.line(document.name, 'name', true) ?? '';
  const version = reader.line(versionOf(document), 'version');
  const title = reader.line(document.title, 'title');
  const packages = reader.list(document.packages, 'packages');
  const remotes = reader.list(document.remotes, 'remotes');
  const [status, repository] = [statusOf(document), repositoryOf(document)];
  const { description } = document;
  const service = {
    id: slugOf(name),
    name,
    kind: 'mcp',
    ...(version !== undefined && { version }),
    ...(title !== undefined && { title }),
    ...(typeof description === 'string' &&
      description !== '' && { description: cutText(cleanText(description), 16_384) }),
    endpoints: remotes.flatMap((item, index) => reader.remote(item, `remotes.${index}`)),
    packages: packages.map((item, index) => reader.package(item, `packages.${index}`)),
    requires: reader.requires(packages, remotes),
    ...(status !== undefined && { status }),
    ...(repository !== undefined && { repository }),
  };
  if (reader.errors.length > 0) throw new ValidationError(reader.errors);
  return validateServiceDocument(service);
}

/**
 * An MCP `server.json` (https://modelcontextprotocol.io/registry, "server.json"): the snake_case of the seed and of schema
 * 2025-07-09, the camelCase from 2025-09-16 on; a schema that is not known yet is read like the newest one. Its service
 * is called by the slug of its name; no value of a variable, header or argument is taken over.
 */
export function readMcpServer(document: Json, lineOf: (field: string) => number | undefined): ReadDocument {
  try {
    return { verdict: 'service', service: toService(document) };
  } catch (error) {
    if (error instanceof ValidationError) return breaking(error, lineOf);
    throw error;
  }
}
