import { isLiving } from '../../lambdas/agents/agent-record.ts';
import { getAgent } from '../../lambdas/agents/get-agent.ts';
import type { Json } from '../../lambdas/agents/merge.ts';
import { toContractNames } from '../../lambdas/agents/spec-names.ts';
import type { HotReloadChange, RefusedManifest } from '../../lambdas/discovery/hot-reload-change.ts';
import { HotReloadManager, type HotReloadPorts } from '../../lambdas/discovery/hot-reload-manager.ts';
import type { ManifestSource } from '../../lambdas/discovery/manifest-source.ts';
import type { ReadDocument } from '../../lambdas/discovery/reading/read-document.ts';
import { RegistryLayers } from '../../lambdas/discovery/registry-layers.ts';
import { AT_ONCE_MS } from '../../lambdas/discovery/removal-guard.ts';
import type { ValidationPorts } from '../../lambdas/discovery/validate-manifest.ts';
import type { RemovalCount } from '../../lambdas/discovery/vanished-manifests.ts';
import { aContext, type TestContext, WITHOUT_WAITING } from './agents.ts';
import { MemoryManifestSource } from './memory-manifest-source.ts';
import { MemorySnapshotStore } from './memory-snapshot-store.ts';

/** Removals in memory, counted as the table counts them. */
export class MemoryRemovalCount implements RemovalCount {
  #window = { since: Number.NEGATIVE_INFINITY, count: 0 };

  async take(limit: number, now: number): Promise<boolean> {
    if (this.#window.since <= now - AT_ONCE_MS) this.#window = { since: now, count: 0 };
    if (this.#window.count >= limit) return false;
    this.#window.count += 1;
    return true;
  }

  async recent(now: number): Promise<number> {
    return this.#window.since > now - AT_ONCE_MS ? this.#window.count : 0;
  }
}

/** A registry in memory that follows one source. */
export interface Followed {
  readonly context: TestContext;
  readonly source: MemoryManifestSource;
  readonly snapshots: MemorySnapshotStore;
  readonly manager: HotReloadManager;
  /** Everything that the manager told, in order. */
  readonly changes: HotReloadChange[];
  readonly refused: RefusedManifest[];
  /** What its managers work with. */
  readonly ports: HotReloadPorts;
  /** Another process that follows the same source. */
  another(): HotReloadManager;
}

export interface FollowOptions {
  readonly context?: TestContext;
  readonly source?: MemoryManifestSource;
  /** The source that is followed. Default: the one in memory. */
  readonly of?: ManifestSource;
  readonly validation?: Partial<ValidationPorts>;
  readonly ports?: Partial<HotReloadPorts>;
}

/** Reads a manifest as plainly as may be: how manifests are read is a matter of the loader's own tests. */
export function readJson(_key: string, content: Uint8Array, origin: string): ReadDocument {
  try {
    const agent = toContractNames(JSON.parse(Buffer.from(content).toString())) as Json & { id: string; name: string };
    return { verdict: 'agent', agent: { ...agent, filePath: origin }, idFrom: 'file' };
  } catch (error) {
    return { verdict: 'invalid', reason: `not valid JSON: ${(error as Error).message}` };
  }
}

/** A registry that follows a source; what its agents depend on is there, and MCP servers answer. */
export function following({
  context = aContext(),
  source = new MemoryManifestSource(),
  of = source,
  ...more
}: FollowOptions = {}): Followed {
  const snapshots = new MemorySnapshotStore();
  const validation: ValidationPorts = {
    store: context.store,
    policy: context.policy,
    findService: async () => undefined,
    handshake: async () => ({ alive: true }),
    unresolved: 'warn',
    ...more.validation,
  };
  const changes: HotReloadChange[] = [];
  const refused: RefusedManifest[] = [];
  const ports: HotReloadPorts = {
    source: of,
    snapshots,
    layers: new RegistryLayers({ context, validation, source: of.source, actor: 'hot-reload' }),
    read: readJson,
    removals: new MemoryRemovalCount(),
    clock: context.clock,
    secondListing: 'next poll',
    snapshotRetries: WITHOUT_WAITING,
    ...more.ports,
  };
  const another = () => {
    const manager = new HotReloadManager(ports);
    for (const type of ['added', 'updated', 'removed'] as const) manager.on(type, (change) => changes.push(change));
    manager.on('refused', (manifest) => refused.push(manifest));
    return manager;
  };
  return { context, source, snapshots, ports, manager: another(), changes, refused, another };
}

/** The key of an agent's manifest, as a bucket has it. */
export const keyOf = (id: string): string => `manifests/${id}/manifest.json`;

/** A manifest as short as it may be. */
export const aManifest = (id: string, more: object = {}) => ({
  id,
  name: `Agent ${id}`,
  version: '1.0.0',
  capabilities: ['x'],
  ...more,
});

/** Ids of the agents that serve, sorted. */
export async function servingIds({ store }: TestContext): Promise<string[]> {
  const ids: string[] = [];
  for (const { id } of store.snapshot().heads) if (isLiving(await store.load(id))) ids.push(id);
  return ids.sort();
}

/** What the registry says of an agent. */
export const served = ({ store }: TestContext, id: string) => getAgent(store, id);
