import pMap from 'p-map';
import type { ServiceDocument } from '../services/service-document.ts';
import { isoTime } from '../shared/clock.ts';
import { PreconditionFailedError, RegistryError } from '../shared/errors.ts';
import { ManifestRefusedError, type Warning } from './declared-layers.ts';
import { type BatchPorts, fetchManifest, NOTHING, type ReadManifest } from './fetch-manifest.ts';
import { type Identity, identitiesOf } from './file-identity.ts';
import type { HotReloadChange, RefusedManifest } from './hot-reload-change.ts';
import { type Claimant, Identities } from './identities.ts';
import { isServiceKey } from './manifest-key.ts';
import { ManifestChangedError, ManifestGoneError } from './manifest-source.ts';
import type { AgentRead } from './reading/read-document.ts';
import { refuse } from './refuse-manifest.ts';
import type { PlannedManifest } from './reload-plan.ts';
import type { EntryChange, ReloadSnapshot, SnapshotEntry } from './reload-snapshot.ts';
import { takeAway } from './take-away.ts';

/** What became of a batch. */
export interface BatchResult {
  readonly entries: Map<string, EntryChange>;
  readonly changes: HotReloadChange[];
  readonly refused: RefusedManifest[];
  /** Manifests that must be looked at again: they changed meanwhile, or something was out of reach. Why, by key. */
  readonly deferred: Map<string, unknown>;
}

/** Manifests at once: enough to hide the latency of their source, few enough for its limits. */
const AT_ONCE = { concurrency: 16 } as const;

/** Whether the agent is described by another origin of this source. */
const isOthers = (error: unknown): boolean =>
  error instanceof ManifestRefusedError &&
  error.errors.some(({ field, rule }) => field === 'origin' && rule === 'unique');

/**
 * Who comes when: services first, because agents of the same batch depend on them. What was refused for a conflict comes
 * last, one at a time: two that were in each other's way, and stepped back both, would do so again.
 */
const TURNS = [
  { turn: 'service', atOnce: AT_ONCE.concurrency },
  { turn: 'agent', atOnce: AT_ONCE.concurrency },
  { turn: 'conflict', atOnce: 1 },
] as const;

function turnOf({ planned: { entry, etag }, read: { verdict } }: ReadManifest): (typeof TURNS)[number]['turn'] {
  if (entry?.etag === etag && entry.problem?.step === 'conflict_detection') return 'conflict';
  return verdict === 'service' ? 'service' : 'agent';
}

/** What one manifest led to: what is known of it now, and the id that it no longer stands for. */
interface Outcome {
  readonly to: SnapshotEntry;
  readonly change?: HotReloadChange;
  readonly refused?: RefusedManifest;
  readonly left?: string | undefined;
  /** Whether an agent or a service was written. Default: false. */
  readonly wrote?: boolean;
}

const isPassing = (error: unknown): boolean =>
  error instanceof ManifestChangedError ||
  error instanceof ManifestGoneError ||
  error instanceof PreconditionFailedError ||
  !(error instanceof RegistryError) ||
  error.status >= 500;

/** Brings a batch of manifests into the registry: fetch, read, give ids, lay; then take away what they left. */
export class ManifestBatch {
  readonly result: BatchResult = { entries: new Map(), changes: [], refused: [], deferred: new Map() };
  readonly #ports: BatchPorts;
  readonly #snapshot: ReloadSnapshot;
  readonly #mayGoOn: () => Promise<boolean>;
  /** The key from which each agent serves, by its id, as the snapshot has it. */
  readonly #servedFrom: ReadonlyMap<string, string>;

  /** @param mayGoOn asked before each manifest; when it says no, the rest is put off. Default: always yes */
  constructor(ports: BatchPorts, snapshot: ReloadSnapshot, mayGoOn: () => Promise<boolean> = async () => true) {
    this.#ports = ports;
    this.#mayGoOn = mayGoOn;
    this.#snapshot = snapshot;
    this.#servedFrom = new Map(
      Object.entries(snapshot.entries).flatMap(([key, { id, kind }]) =>
        id === undefined || kind !== 'agent' ? [] : [[id, key] as const],
      ),
    );
  }

  /** @param missing keys that a complete listing lacks: whoever has their ids or bytes takes their place */
  async bring(planned: readonly PlannedManifest[], missing: ReadonlySet<string> = new Set()): Promise<BatchResult> {
    const read = (
      await pMap(planned, (one) => this.#deferring(one.key, () => fetchManifest(this.#ports, one)), AT_ONCE)
    ).filter((one) => one !== undefined);
    const given = this.#identities(read, missing);
    const lay = async (one: ReadManifest) => {
      const { key, entry } = one.planned;
      const outcome = await this.#deferring(key, () => this.#lay(one, given.get(key)));
      if (outcome !== undefined) return this.#note(one, outcome);
      // A write that failed may have taken effect all the same, unless it was refused.
      const wrote = !(this.result.deferred.get(key) instanceof PreconditionFailedError);
      this.result.entries.set(key, { from: entry, to: entry, wrote });
      return undefined;
    };
    const groups = Map.groupBy(read, turnOf);
    const outcomes: Awaited<ReturnType<typeof lay>>[] = [];
    for (const { turn, atOnce } of TURNS) {
      outcomes.push(...(await pMap(groups.get(turn) ?? [], lay, { concurrency: atOnce })));
    }
    await pMap(outcomes, (outcome) => outcome && this.#leave(outcome.key, outcome.left), AT_ONCE);
    return this.result;
  }

  /** Runs a step of one manifest. What may succeed another time puts it off; the others go on. */
  async #deferring<Value>(key: string, step: () => Promise<Value>): Promise<Value | undefined> {
    try {
      if (!(await this.#mayGoOn())) throw new Error('The time for this was up');
      return await step();
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.result.deferred.set(key, error);
      return undefined;
    }
  }

  #identities(manifests: readonly ReadManifest[], missing: ReadonlySet<string>): Map<string, Identity | undefined> {
    const looked = new Set(manifests.map(({ planned }) => planned.key));
    const holders = [...this.#servedFrom].filter(([, key]) => !looked.has(key) && !missing.has(key));
    const gone = new Map([...missing].map((key) => [this.#snapshot.entries[key]?.etag, this.#snapshot.entries[key]]));
    const claimants = manifests.flatMap(({ planned: { key, entry }, etag, read }): Claimant[] =>
      read.verdict === 'agent' && this.#ports.source.idOf(key) === undefined
        ? [{ key, read, entry, moved: gone.get(etag) }]
        : [],
    );
    return new Identities(holders).give(claimants);
  }

  async #lay(manifest: ReadManifest, given: Identity | undefined): Promise<Outcome> {
    const { read } = manifest;
    try {
      this.#assertKind(manifest);
      if (read.verdict === 'agent') return await this.#layAgent(manifest, read, given);
      if (read.verdict === 'service') return await this.#layService(manifest, read.service);
      if (
        read.verdict === 'skipped' &&
        (read === NOTHING || this.#ports.source.idOf(manifest.planned.key) === undefined)
      ) {
        const { entry, copyOf } = manifest.planned;
        const to = { etag: manifest.etag, kind: 'other', ...(copyOf !== undefined && { copyOf }) } as const;
        return { to, left: entry?.id };
      }
      const errors =
        'errors' in read && read.errors ? read.errors : [{ field: '', rule: 'syntax', message: read.reason }];
      throw new ManifestRefusedError('syntax_validation', errors, 'line' in read ? read.line : undefined);
    } catch (error) {
      if (isPassing(error)) throw error;
      return this.#refuse(manifest, error as RegistryError);
    }
  }

  /** A key that says whose it is says what it is, too: what was there before is read before the manifest. */
  #assertKind({ planned: { key }, read: { verdict } }: ReadManifest): void {
    if (this.#ports.source.idOf(key) === undefined || !['agent', 'service'].includes(verdict)) return;
    if (isServiceKey(key) === (verdict === 'service')) return;
    const message = 'an agent is declared by manifest.json, a service by server.json or service.json';
    throw new ManifestRefusedError('syntax_validation', [{ field: '', rule: 'kind', message }]);
  }

  /** A file that did not choose its id itself takes another one where an agent of somebody else's folder has it. */
  async #layAgent(manifest: ReadManifest, read: AgentRead, given: Identity | undefined): Promise<Outcome> {
    const { key } = manifest.planned;
    const first = this.#identityOf(key, read, given);
    const mayChoose = this.#ports.source.idOf(key) === undefined && read.idFrom === 'name';
    const others = mayChoose ? identitiesOf(read).filter(({ id }) => id !== first.id && !this.#isServed(id, key)) : [];
    return this.#layFirst(manifest, read, first, others);
  }

  async #layFirst(
    manifest: ReadManifest,
    read: AgentRead,
    identity: Identity,
    [next, ...others]: readonly Identity[],
  ): Promise<Outcome> {
    try {
      return await this.#layAs(manifest, read, identity);
    } catch (error) {
      if (next === undefined || !isOthers(error)) throw error;
      return this.#layFirst(manifest, read, next, others);
    }
  }

  #isServed(id: string, key: string): boolean {
    return (this.#servedFrom.get(id) ?? key) !== key;
  }

  async #layAs(manifest: ReadManifest, read: AgentRead, { id, name }: Identity): Promise<Outcome> {
    const { layers, source, clock } = this.#ports;
    const { key, entry } = manifest.planned;
    const known = source.idOf(key) ?? entry?.id;
    const before = id === known ? manifest.before : await layers.current(id);
    const servedFrom = this.#servedFrom.get(id);
    const movedFrom = servedFrom === undefined || servedFrom === key ? undefined : source.originOf(servedFrom);
    const document = { ...read.agent, id, name };
    const layer = { id, origin: source.originOf(key), document, ...(movedFrom !== undefined && { movedFrom }) };
    const { outcome, warnings } = await layers.put(layer, before?.tag ?? null);
    const serves = outcome === 'dismissed' ? {} : { id, name };
    const since = entry?.etag === manifest.etag ? entry.warnedAt : undefined;
    const facts = agentFacts(read, warnings, since ?? isoTime(clock.now()));
    const to = { etag: manifest.etag, kind: 'agent', ...serves, ...facts } as const;
    const left = entry?.id === id ? undefined : entry?.id;
    if (outcome === 'unchanged' || outcome === 'dismissed') return { to, left };
    const change: HotReloadChange = {
      type: before === undefined ? 'added' : 'updated',
      agentId: id,
      manifest: document,
      ...versions(entry?.version, to.version),
      timestamp: new Date(clock.now()),
    };
    return { to, change, left, wrote: true };
  }

  #identityOf(key: string, read: AgentRead, given: Identity | undefined): Identity {
    const fixed = this.#ports.source.idOf(key);
    if (fixed === undefined) {
      if (given !== undefined) return given;
      const message = `the id ${read.agent.id} belongs to another file of this source`;
      throw new ManifestRefusedError('conflict_detection', [{ field: 'id', rule: 'unique', message }]);
    }
    if (read.idFrom === 'name' || read.agent.id === fixed) return { id: fixed, name: read.agent.name };
    const message = `is "${read.agent.id}", but the manifest stands under ${fixed}`;
    throw new ManifestRefusedError('conflict_detection', [{ field: 'id', rule: 'folder', message }]);
  }

  async #layService(
    { planned: { key, entry }, etag, before }: ReadManifest,
    service: ServiceDocument,
  ): Promise<Outcome> {
    const { services, source } = this.#ports;
    if (services === undefined) {
      const message = 'services are declared in the bucket, not in folders';
      throw new ManifestRefusedError('syntax_validation', [{ field: '', rule: 'service', message }]);
    }
    const id = source.idOf(key) ?? service.id;
    const outcome = await services.put({ ...service, id }, source.originOf(key), before?.tag ?? null);
    const to = { etag, kind: 'service', id, asked: id, ...(service.version && { version: service.version }) } as const;
    return { to, left: entry?.id === id ? undefined : entry?.id, wrote: outcome !== 'unchanged' };
  }

  #refuse({ planned: { key, entry }, etag, read }: ReadManifest, error: RegistryError): Outcome {
    const { to, isNews } = refuse(entry, etag, error, this.#ports.clock.now());
    const asked = read.verdict === 'agent' ? read.agent.id : read.verdict === 'service' ? read.service.id : undefined;
    const agentId = entry?.id ?? this.#ports.source.idOf(key) ?? asked ?? null;
    return { to, ...(isNews && { refused: { ...to.problem, key, etag, agentId } }) };
  }

  #note({ planned: { key, entry } }: ReadManifest, { to, change, refused, left, wrote = false }: Outcome) {
    this.result.entries.set(key, { from: entry, to, wrote });
    if (change) this.result.changes.push(change);
    if (refused) this.result.refused.push(refused);
    return { key, left };
  }

  /** Takes away what a manifest says no longer, unless another one says it now. */
  async #leave(key: string, left: string | undefined): Promise<void> {
    if (left === undefined) return;
    const entry = this.#snapshot.entries[key];
    const done = await this.#deferring(key, async () => {
      const { change, gone } = await takeAway(this.#ports, key, { ...(entry as SnapshotEntry), id: left });
      if (change) this.result.changes.push(change);
      return gone;
    });
    // Looked at again by the next poll, which finds it as it was.
    if (!done) this.result.entries.delete(key);
  }
}

/** What is worth knowing of an agent's manifest; a warning is as old as the version that it speaks of. */
function agentFacts(
  { agent: { id, version } }: AgentRead,
  warnings: readonly Warning[],
  warnedAt: string,
): Pick<SnapshotEntry, 'asked' | 'version' | 'warnings' | 'warnedAt'> {
  return {
    asked: id,
    ...(typeof version === 'string' && { version }),
    ...(warnings.length > 0 && { warnings, warnedAt }),
  };
}

const versions = (previousVersion: string | undefined, newVersion?: string) => ({
  ...(previousVersion !== undefined && { previousVersion }),
  ...(newVersion !== undefined && { newVersion }),
});
