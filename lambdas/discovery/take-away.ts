import type { LayerRemoved } from '../agents/remove-layer.ts';
import type { Clock } from '../shared/clock.ts';
import { ConflictError, PreconditionFailedError } from '../shared/errors.ts';
import type { CurrentLayer, Declarations, DeclaredLayer, DeclaredLayers, DeclaredServices } from './declared-layers.ts';
import type { HotReloadChange } from './hot-reload-change.ts';
import type { ManifestSource } from './manifest-source.ts';
import type { SnapshotEntry } from './reload-snapshot.ts';

/** What taking away needs. */
export interface TakeAwayPorts {
  readonly source: ManifestSource;
  readonly layers: DeclaredLayers;
  /** Default: manifests of services are refused. */
  readonly services?: DeclaredServices;
  readonly clock: Clock;
}

/** What became of what a manifest said. */
export interface TakenAway {
  /** Whether nothing of it is left. `false`: the manifest is there after all, or being written. */
  readonly gone: boolean;
  /** What to tell; absent where there was nothing of it, or another manifest stands for it by now. */
  readonly change?: HotReloadChange;
}

/** The id of what a manifest stands for, also where a call has dismissed it. */
const idIn = ({ id, kind, asked }: SnapshotEntry): string | undefined => id ?? (kind === 'agent' ? asked : undefined);

const declarationsOf = ({ layers, services }: TakeAwayPorts, { kind }: SnapshotEntry): Declarations | undefined =>
  kind === 'service' ? services : layers;

/** Whether there is something that this manifest has declared. */
export async function isDeclared(ports: TakeAwayPorts, key: string, entry: SnapshotEntry): Promise<boolean> {
  const id = idIn(entry);
  const current = id === undefined ? undefined : await declarationsOf(ports, entry)?.current(id);
  return current !== undefined && current.origin === ports.source.originOf(key);
}

const isOthers = (current: CurrentLayer | undefined, origin: string): boolean =>
  current !== undefined && current.origin !== origin;

/** `changed`: it is something else by now; what another origin has taken over meanwhile is `absent`. */
async function remove(
  declarations: Declarations,
  declared: Pick<DeclaredLayer, 'id' | 'origin'>,
  tag: string | null,
): Promise<LayerRemoved | 'changed'> {
  try {
    return await declarations.remove(declared, tag);
  } catch (error) {
    if (error instanceof PreconditionFailedError) return 'changed';
    if (error instanceof ConflictError) return 'absent';
    throw error;
  }
}

const KEPT: TakenAway = { gone: false };
const NOTHING_LEFT: TakenAway = { gone: true };

/**
 * Takes away what a manifest said that serves no longer.
 *
 * @param whenGone whether the source must say that the manifest is gone. It is asked after the layer was read: a layer
 * that was written for a manifest which has come back is another one by then, and stays. Default: it need not be gone
 * @throws what befell the calls
 */
export async function takeAway(
  ports: TakeAwayPorts,
  key: string,
  entry: SnapshotEntry,
  { whenGone = false } = {},
): Promise<TakenAway> {
  const { source, clock } = ports;
  const { kind, version } = entry;
  const declarations = declarationsOf(ports, entry);
  const id = idIn(entry);
  const current = id === undefined ? undefined : await declarations?.current(id);
  if (whenGone && (await source.head(key)) !== undefined) return KEPT;
  const origin = source.originOf(key);
  if (id === undefined || declarations === undefined || isOthers(current, origin)) return NOTHING_LEFT;
  // Without a layer there may still be something to forget: that a call dismissed what this manifest said.
  const removed = await remove(declarations, { id, origin }, current?.tag ?? null);
  if (removed === 'changed') return KEPT;
  if (kind === 'service' || removed === 'absent' || removed === 'forgotten') return NOTHING_LEFT;
  const timestamp = new Date(clock.now());
  const previous = version !== undefined && { previousVersion: version };
  return { gone: true, change: { type: 'removed', agentId: id, ...previous, timestamp } };
}
