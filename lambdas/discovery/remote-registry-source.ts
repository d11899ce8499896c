import { CLIENT_FIELDS, ID_PATTERN } from '../agents/agent-fields.ts';
import { isObject, type Json, mergeLayers } from '../agents/merge.ts';
import type { GuardedFetch, GuardedResponse } from '../shared/guarded-fetch.ts';
import type { Authorise } from '../shared/sig-v4.ts';
import {
  type FetchedManifest,
  type ListedManifest,
  ManifestChangedError,
  ManifestGoneError,
  type ManifestSource,
} from './manifest-source.ts';

export interface RemoteRegistryProps {
  /** `AGENT_REGISTRY_API_ENDPOINT`: the address of the other registry's API, without a trailing slash. */
  readonly endpoint: string;
  readonly fetch: GuardedFetch;
  /** Proves who is calling. */
  readonly authorise: Authorise;
}

const PAGE_SIZE = 500;

/** Pages at most: more agents than this are not fed by polling. */
const MAX_PAGES = 200;

/** A page of 500 digests of 3 KB, and an agent of four layers, stay below this. */
const MAX_BYTES = 4 * 1024 * 1024;

const TIMEOUT_MS = 10_000;

const ID = new RegExp(ID_PATTERN, 'u');

/** Fields that belong to the registry where the agent is, or to how it was asked for. */
const NOT_FED = ['id', 'filePath', 'conflictResolution', 'operatorMode'];

function clientPart(agent: Json): Json {
  const fields = CLIENT_FIELDS.filter((field) => !NOT_FED.includes(field) && agent[field] != null);
  const part = Object.fromEntries(fields.map((field) => [field, agent[field]]));
  const { maxConcurrent } = isObject(agent.capacity) ? agent.capacity : {};
  return { ...part, ...(maxConcurrent !== undefined && { capacity: { maxConcurrent } }) };
}

interface RemoteLayer {
  readonly source: string;
  readonly document: Json;
  readonly removed: readonly string[];
}

/**
 * What a registry says of an agent by itself: its layers but those that another registry fed to it. So a registry
 * never gets back what it gave, and two that feed each other come to rest. What it only says over those, such as a
 * priority of its own, is no agent, and nothing to feed.
 */
function ownPart(layers: readonly RemoteLayer[]): Json | undefined {
  const own = layers.filter(({ source }) => source !== 'api');
  const whole = mergeLayers(
    own.map(({ document, removed }) => ({ document, removed: removed.map((path) => path.split('.')) })),
  );
  return whole.name === undefined ? undefined : whole;
}

/**
 * Another registry as a source (second specification, "External API"): the same REST shape. Its agents are listed by
 * page, and those read whole whose revision has changed.
 */
export class RemoteRegistrySource implements ManifestSource {
  readonly source = 'api';
  readonly #props: RemoteRegistryProps;

  constructor(props: RemoteRegistryProps) {
    this.#props = { ...props, endpoint: props.endpoint.replace(/\/+$/, '') };
  }

  async list(): Promise<readonly ListedManifest[]> {
    const listed: ListedManifest[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor !== undefined && { cursor }) });
      const { agents, nextCursor } = (await this.#json(`/registry/agents?${query}`)) ?? {};
      if (!Array.isArray(agents)) throw new Error('The remote registry gave no list of agents');
      listed.push(...agents.map(listedOf).filter(({ key }) => ID.test(key)));
      if (nextCursor === undefined) return listed;
      cursor = String(nextCursor);
    }
    throw new Error(`The remote registry has more than ${MAX_PAGES * PAGE_SIZE} agents`);
  }

  async fetch(key: string, etag?: string): Promise<FetchedManifest> {
    const path = pathOf(key);
    const agent = await this.#json(path);
    if (agent === undefined) throw new ManifestGoneError(key);
    const revision = String(agent.revision);
    // A list may lag its agents by a second: what is newer than listed is what is wanted, too.
    if (etag !== undefined && Number(revision) < Number(etag)) throw new ManifestChangedError(key);
    const view = await this.#json(`${path}/layers`);
    if (view === undefined && (await this.head(key)) === undefined) throw new ManifestGoneError(key);
    // A registry of the same shape that knows no layers: what it says is all its own.
    const said = view === undefined ? agent : ownPart(view.layers as RemoteLayer[]);
    const content = said === undefined ? null : Buffer.from(JSON.stringify({ ...clientPart(said), id: key }));
    return { content, etag: revision };
  }

  async head(key: string): Promise<string | undefined> {
    const agent = await this.#json(pathOf(key));
    return agent === undefined ? undefined : String(agent.revision);
  }

  originOf(key: string): string {
    return `${this.#props.endpoint}${pathOf(key)}`;
  }

  idOf(key: string): string {
    return key;
  }

  /** @returns what was answered; `undefined`: 404 */
  async #json(path: string): Promise<Json | undefined> {
    const { endpoint, fetch, authorise } = this.#props;
    const url = new URL(endpoint + path);
    const headers = await authorise({ method: 'GET', url, headers: { accept: 'application/json' } });
    const answer = await fetch(url.href, { headers, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Error(`The remote registry answered ${answer.status}`);
    return parsed(answer);
  }
}

function parsed({ body }: GuardedResponse): Json {
  const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  if (!isObject(value)) throw new Error('The remote registry gave no JSON object');
  return value;
}

const pathOf = (id: string): string => `/registry/agents/${encodeURIComponent(id)}`;

function listedOf(agent: unknown): ListedManifest {
  if (!isObject(agent) || typeof agent.id !== 'string')
    throw new Error('The remote registry listed an agent without id');
  return { key: agent.id, etag: String(agent.revision) };
}
