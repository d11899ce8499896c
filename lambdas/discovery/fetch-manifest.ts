import type { Clock } from '../shared/clock.ts';
import { TooLargeError } from '../shared/errors.ts';
import type { CurrentLayer } from './declared-layers.ts';
import { isServiceKey } from './manifest-key.ts';
import type { ReadDocument } from './reading/read-document.ts';
import type { PlannedManifest } from './reload-plan.ts';
import type { TakeAwayPorts } from './take-away.ts';

/** What bringing manifests into the registry needs. */
export interface BatchPorts extends TakeAwayPorts {
  /** Reads one manifest; never throws. */
  readonly read: (key: string, content: Uint8Array, origin: string) => ReadDocument;
  readonly clock: Clock;
}

/** What a manifest says that is there without saying anything. */
export const NOTHING: ReadDocument = { verdict: 'skipped', reason: 'it says nothing of its own' };

/** A manifest with what was read in it, and what it declared as that was before it was read. */
export interface ReadManifest {
  readonly planned: PlannedManifest;
  /** The version that was read. */
  readonly etag: string;
  readonly read: ReadDocument;
  readonly before: CurrentLayer | undefined;
}

async function fetchContent(
  { source, read }: BatchPorts,
  key: string,
  listed: string,
): Promise<Pick<ReadManifest, 'etag' | 'read'>> {
  try {
    const { content, etag } = await source.fetch(key, listed);
    return { etag, read: content === null ? NOTHING : read(key, content, source.originOf(key)) };
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    return { etag: listed, read: { verdict: 'invalid', reason: error.message } };
  }
}

/**
 * Fetches and reads one manifest. The layer is read before its manifest: what is laid over it is never older than it.
 *
 * @throws ManifestChangedError, ManifestGoneError, or what befell the calls
 */
export async function fetchManifest(ports: BatchPorts, planned: PlannedManifest): Promise<ReadManifest> {
  const { source, layers, services } = ports;
  const { key, entry, etag, copyOf } = planned;
  if (copyOf !== undefined) {
    return { planned, etag, read: { verdict: 'skipped', reason: `a copy of ${copyOf}` }, before: undefined };
  }
  const fixed = source.idOf(key);
  const id = fixed ?? entry?.id;
  const declared = fixed !== undefined && isServiceKey(key) ? services : layers;
  const before = id === undefined ? undefined : await declared?.current(id);
  return { planned, before, ...(await fetchContent(ports, key, etag)) };
}
